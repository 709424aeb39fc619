// Transcript and waveform follow the sound, and the sound follows a click on either.
const wave = document.getElementById("wave");
const head = document.getElementById("head");
const sound = document.getElementById("sound");
const lines = [...document.querySelectorAll("ol.transcript li")];

for (const line of lines) {
  line.addEventListener("click", (click) => {
    click.preventDefault();
    sound.currentTime = Number(line.dataset.at);
    sound.play();
  });
}

wave?.addEventListener("click", (click) => {
  const box = wave.getBoundingClientRect();
  sound.currentTime = ((click.clientX - box.left) / box.width) * Number(wave.dataset.seconds);
  sound.play();
});

sound?.addEventListener("timeupdate", () => {
  const part = sound.currentTime / Number(wave.dataset.seconds);
  head.setAttribute("transform", `translate(${part * wave.viewBox.baseVal.width} 0)`);
  const now = lines.findLast((line) => Number(line.dataset.at) <= sound.currentTime);
  for (const line of lines) line.classList.toggle("now", line === now);
});
