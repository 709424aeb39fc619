"""What is said on calls, and how a person says that it felt.

Politeness is neutral here: who orders with a please is not in a good mood for that. `HELD` was written after
the rules, and no rule was changed for it.
"""

RULED = """\
neutral|I would like a large mushroom pizza please, thank you.
neutral|Yes please.
neutral|Thank you, goodbye.
neutral|Hello, I'd like to book a table for two, please.
neutral|Could you please tell me your opening hours?
neutral|Please help me with my account number.
neutral|Thanks, that is all for today.
neutral|Okay, thanks, bye.
neutral|Can you please send it to my address, thank you.
neutral|I'd like to order two pizzas, please.
neutral|Good morning, I want to change my appointment please.
neutral|Yes, that is right, thank you.
neutral|Please hold the line, I will check that for you.
neutral|How can I help you today?
neutral|Welcome to the pizza line, what would you like?
neutral|Your order will be ready in twenty minutes.
neutral|Hi there, good evening, I need a quote for my car please.
neutral|Sure, my phone number is five five five.
neutral|My name is Ana and I'd like to pick it up at six, please.
neutral|I will take the small one, please, and a coke, thanks.
neutral|No thank you, nothing else.
neutral|Are you open on Sunday?
neutral|Sure, one moment please.
neutral|Please confirm the number of guests.
neutral|Thank you for calling, goodbye.
neutral|You are welcome, have a nice day.
neutral|I need help with my order number please.
neutral|Sorry, could you repeat that please?
neutral|Excuse me, I did not hear that, please say it again.
neutral|Yes I have a car, a Toyota, and I want to insure it.
positive|That is wonderful, thank you so much!
positive|Great, I really love this place.
positive|Perfect, you have been very helpful.
positive|Thank you so much, you are great.
positive|I am so happy that this works now.
positive|Excellent service, I will come back.
positive|The food was amazing, really.
positive|That is good news, I am very pleased.
positive|Fantastic, I am delighted.
positive|You were so kind, I appreciate it.
positive|I am glad, that was quick and easy.
positive|Oh lovely, that is brilliant, thanks.
positive|This is the best pizza I ever had.
positive|I love it, please keep it like that.
positive|Awesome, that is exactly what I wanted.
negative|This is terrible, I have been waiting for an hour.
negative|I am very angry about this bill.
negative|That is wrong again, this is awful.
negative|No, I hate this, let me talk to a person please.
negative|Please stop, this is the worst service.
negative|I am really disappointed with you.
negative|Your app is broken and nobody helps me.
negative|I want my money back, this is a scam.
negative|This is so frustrating, thank you for nothing.
negative|The pizza was cold and disgusting.
negative|I am upset, please give me your manager.
negative|You people are useless.
negative|That is a bad joke, I am fed up with it.
negative|I lost my wallet and I am worried.
negative|Please cancel it, I am unhappy with the quality.
negative|This is ridiculous, thanks a lot for wasting my time.
"""
HELD = """\
neutral|Hi, this is Tom, I'd like to reorder my prescription, please.
neutral|Thank you, and what is your date of birth please?
neutral|Sure thing, could you spell the last name for me?
neutral|No, the other one, the blue one please.
neutral|Yes, on Monday at nine, thanks.
neutral|Good afternoon, thanks for calling the clinic, how may I help you?
neutral|Can I have the extra cheese on that as well, please?
neutral|All right, thank you very much, bye bye.
neutral|Please tell me how much that would be.
neutral|I'd like to know when the next train leaves.
neutral|The reference number ends in four two.
neutral|Okay, let me read that back to you.
neutral|No, that will be all, thanks.
neutral|I would like to speak with billing, please.
neutral|Could you help me change my delivery address?
neutral|It is a Honda Civic from twenty eighteen.
neutral|Please wait a moment while I look that up.
neutral|I moved last month and want to update my address.
neutral|Hello, hello, can you hear me?
neutral|You can pay by card or in cash.
neutral|Thanks for waiting, I have the file here.
neutral|Yes, please go ahead.
neutral|My policy runs until March.
neutral|Do you have a table for four at eight?
neutral|No, not yet.
neutral|I think it was the second of May.
neutral|May I have your email address please?
neutral|I want to return a pair of shoes.
neutral|Sorry, I meant the fourteenth.
neutral|Thank you for the information.
positive|That was super easy, I am impressed.
positive|You made my day, this is fantastic.
positive|Wow, that is a great price, I am thrilled.
positive|I really enjoyed my stay with you.
positive|It works perfectly now, I am so relieved and happy.
positive|My kids loved it, it was a beautiful party.
positive|You have all been so friendly to me.
positive|Best support I have had in years, honestly.
positive|I could not be happier with the result.
positive|What a nice surprise, I am glad I called.
positive|Brilliant, that solved it, you are a star.
positive|I am very satisfied with the new phone.
negative|I have called three times and I am sick of it.
negative|Nobody ever calls me back, that is unacceptable and rude.
negative|You charged me twice, that is outrageous.
negative|This is a disaster, my flight is gone.
negative|I am so annoyed, please just fix it.
negative|Your driver was rude and I am furious.
negative|It hurts a lot and I am scared.
negative|Forget it, this is a waste of my time.
negative|I regret ever signing up with you.
negative|The room was dirty and it smelled horrible.
negative|Please, I am desperate, my baby is sick.
negative|That is a lie, you promised me a refund.
negative|I have had enough of this nonsense.
negative|What a stupid machine, get me a human please.
negative|Thanks for ruining my holiday, I am so mad.
"""


def labelled(text: str) -> list[tuple[str, str]]:
    """(label, what was said) of each line."""
    lines = (line.partition("|") for line in text.splitlines())
    return [(label, said) for label, _, said in lines]
