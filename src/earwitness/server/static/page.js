// The transcript follows the sound, and the sound follows a click on the transcript.
const sound = document.getElementById("sound");
const lines = [...document.querySelectorAll("ol.transcript li")];

for (const line of lines) {
  line.addEventListener("click", (click) => {
    click.preventDefault();
    sound.currentTime = Number(line.dataset.at);
    sound.play();
  });
}

sound?.addEventListener("timeupdate", () => {
  const now = lines.findLast((line) => Number(line.dataset.at) <= sound.currentTime);
  for (const line of lines) line.classList.toggle("now", line === now);
});
