/* Files go straight to storage: ask for a presigned target, send with progress, have the shop look at what arrived,
   leave the key in the hidden input. `upload:done` tells what the shop found, `upload:gone` that it was taken back. */

document.querySelectorAll("[data-upload]").forEach(prepare);

function prepare(field) {
  const part = (name) => field.querySelector(`[data-upload-${name}]`);
  const zone = field.querySelector(".dropzone");
  const input = field.querySelector("input[type=file]");
  const say = field.dataset;
  let file = null;
  let request = null;

  const show = (state) => {
    zone.classList.toggle("busy", state !== "idle");
    field.querySelector(".dropzone-call").hidden = state !== "idle";
    part("file").hidden = state === "idle";
    const atWork = state === "sending" || state === "checking";
    part("progress").hidden = !atWork;
    part("cancel").hidden = !atWork;
    part("retry").hidden = state !== "failed";
    part("replace").hidden = atWork || state === "idle";
    field.toggleAttribute("data-busy", atWork);
    part("status").textContent = { sending: say.saySending, checking: say.sayChecking, done: say.sayDone }[state] ?? "";
  };

  const complain = (text) => {
    part("error").hidden = !text;
    part("error").querySelector("span").textContent = text ?? "";
    field.classList.toggle("wrong", Boolean(text));
    input.toggleAttribute("aria-invalid", Boolean(text));
  };

  const reset = () => {
    request?.abort();
    file = request = null;
    input.value = "";
    forget();
    show("idle");
    input.focus();
  };

  const send = async () => {
    part("name").textContent = file.name;
    part("size").textContent = size(file.size);
    picture(file, part("picture"));
    forget();
    complain(null);
    const refused = unfit(file, field, input);
    if (refused) {
      complain(refused);
      return show("refused");
    }
    show("sending");
    progress(0);
    const sending = file;
    request = new AbortController();
    const { signal } = request;
    try {
      const target = await ask(field, field.dataset.endpoint, announcement(field, sending), signal);
      await deliver(target, sending, signal, progress);
      show("checking");
      const found = await ask(field, `${field.dataset.endpoint}/claim`, { kind: field.dataset.kind, key: target.key }, signal);
      part("key").value = target.key;
      show("done");
      tell("upload:done", { file: sending, found });
    } catch (problem) {
      if (signal.aborted) return;
      complain(problem.told ?? say.sayFailed);
      show(problem.final ? "refused" : "failed");
    }
  };

  const tell = (name, detail) => field.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  const forget = () => {
    part("key").value = "";
    tell("upload:gone", {});
  };

  const progress = (share) => {
    const percent = Math.round(share * 100);
    part("progress").value = percent;
    if (share) part("progress").setAttribute("aria-valuetext", `${percent} %`);
  };

  const choose = (chosen) => {
    if (!chosen) return;
    file = chosen;
    send();
  };

  input.addEventListener("change", () => choose(input.files[0]));
  part("cancel").addEventListener("click", reset);
  part("replace").addEventListener("click", () => {
    complain(null);
    reset();
    input.click();
  });
  part("retry").addEventListener("click", send);
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    choose(event.dataTransfer.files[0]);
  });
  field.closest("form")?.addEventListener("submit", (event) => {
    if (!field.hasAttribute("data-busy")) return;
    event.preventDefault();
    part("cancel").focus();
  }, { capture: true });
}

/* Why this file cannot be sent, or null: what the server would refuse anyway, said before the wait. */
function unfit(file, field, input) {
  if (file.size > Number(field.dataset.maxBytes)) return field.dataset.sayTooLarge;
  const accepted = input.accept.split(",").map((rule) => rule.trim().toLowerCase());
  const name = file.name.toLowerCase();
  const fits = accepted.some((rule) => (rule.startsWith(".") ? name.endsWith(rule) : file.type === rule || (rule.endsWith("/*") && file.type.startsWith(rule.slice(0, -1)))));
  return fits || !input.accept ? null : field.dataset.sayWrongType;
}

const announcement = (field, file) => ({ kind: field.dataset.kind, filename: file.name, contentType: file.type || byName(file.name), size: file.size });

async function ask(field, endpoint, body, signal) {
  const answer = await fetch(endpoint, {
    method: "POST",
    signal,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": cookie("csrftoken") },
    body: JSON.stringify(body),
  });
  if (answer.ok) return answer.json();
  if (answer.status === 401) throw told(field.dataset.saySignedOut);
  const problem = await answer.json().catch(() => ({}));
  throw told(problem.errors?.[0]?.message ?? problem.detail, answer.status === 422);
}

/* XMLHttpRequest, for fetch does not tell how much has been sent. */
function deliver(target, file, signal, progress) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open(target.method, target.uploadUrl);
    for (const [name, value] of Object.entries(target.headers)) sending.setRequestHeader(name, value);
    sending.upload.addEventListener("progress", ({ loaded, total }) => progress(loaded / total));
    sending.addEventListener("load", () => (sending.status < 300 ? resolve() : reject(told(refusal(sending)))));
    sending.addEventListener("error", () => reject(told()));
    signal.addEventListener("abort", () => sending.abort());
    sending.addEventListener("abort", () => reject(told()));
    const form = new FormData();
    for (const [name, value] of Object.entries(target.fields)) form.append(name, value);
    form.append("file", file);
    sending.send(form);
  });
}

/* What our own storage answers is a problem that can be shown; what S3 answers is XML for programmers. */
function refusal(sending) {
  try {
    return JSON.parse(sending.responseText).detail;
  } catch {
    return undefined;
  }
}

/* What goes wrong in words of ours; `final` when sending the same file once more would change nothing. */
const told = (text, final = false) => Object.assign(new Error(text ?? "upload failed"), { told: text, final });

const cookie = (name) => document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`))?.[1] ?? "";

const byName = (name) => (name.toLowerCase().endsWith(".json") ? "application/json" : "application/octet-stream");

/* A picture is shown as it will be; from its bytes, for the CSP lets no page make addresses of its own. */
function picture(file, image) {
  image.hidden = true;
  if (!file.type.startsWith("image/")) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    image.src = reader.result;
    image.hidden = false;
  });
  reader.readAsDataURL(file);
}

/* In powers of 1024, as the limits are. */
function size(bytes) {
  const [unit, amount] = bytes < 2 ** 20 ? ["kilobyte", bytes / 2 ** 10] : ["megabyte", bytes / 2 ** 20];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}
