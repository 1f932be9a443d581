/* Inside the frame: sends the card to the sandbox when the shop's page says so, and looks as that page asks. */

const query = new URLSearchParams(location.search);
const shop = query.get("origin");
const form = document.querySelector("form");
const VARIABLES = {
  colorPrimary: "--accent",
  colorBackground: "--paper",
  colorText: "--ink",
  colorTextSecondary: "--quiet",
  colorDanger: "--error",
  fontFamily: "--font",
  borderRadius: "--radius",
};

const tell = (message) => parent.postMessage(message, shop);

function dress(appearance) {
  const style = document.documentElement.style;
  style.setProperty("color-scheme", appearance?.theme === "night" ? "dark" : "light");
  Object.entries(VARIABLES).forEach(([name, property]) => {
    const value = appearance?.variables?.[name];
    if (value) style.setProperty(property, value);
  });
}

function mark(wrong) {
  form.querySelectorAll(".error").forEach((note) => note.remove());
  form.querySelectorAll("input").forEach((input) => {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    if (!wrong[input.name]) return;
    const note = document.createElement("p");
    note.className = "error";
    note.id = `${input.name}-error`;
    note.textContent = wrong[input.name];
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", note.id);
    input.after(note);
  });
  form.querySelector("[aria-invalid]")?.focus();
}

async function confirm(returnUrl) {
  const body = new FormData(form);
  body.set("return_url", returnUrl);
  const answer = await fetch(location.href, { method: "POST", body }).then(
    (response) => response.json(),
    () => ({ error: { type: "api_connection_error", message: "" } }),
  );
  mark(answer.fields ?? {});
  tell({ type: "answer", ...answer });
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || origin !== shop) return;
  if (data.type === "appearance") dress(data.appearance);
  if (data.type === "confirm") confirm(data.returnUrl);
});
form.addEventListener("submit", (event) => event.preventDefault());
new ResizeObserver(() => tell({ type: "height", height: document.querySelector("main").scrollHeight })).observe(
  document.querySelector("main"),
);
tell({ type: "ready" });
