/* A recording is played by a link that expires: when that has happened, ask for another and go on from the same place. */

const MOST = 5;

document.querySelectorAll("audio[data-listen]").forEach((player) => {
  let place = 0;
  let again = 0;
  let wasPlaying = false;
  player.addEventListener("timeupdate", () => (place = player.currentTime || place));
  player.addEventListener("play", () => (wasPlaying = true));
  player.addEventListener("pause", () => (wasPlaying = false));
  player.addEventListener("playing", () => (again = 0));
  player.addEventListener("error", () => {
    if (player.error?.code !== MediaError.MEDIA_ERR_NETWORK && place === 0) return;
    if (again++ >= MOST) return;
    const goOn = wasPlaying;
    player.load();
    player.addEventListener("loadedmetadata", () => { player.currentTime = place; if (goOn) player.play(); }, { once: true });
  });
});
