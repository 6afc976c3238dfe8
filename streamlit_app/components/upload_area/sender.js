// Sends one file in slices to the address that the page gave; the page learns only its name and size.
const SLICE = 8 * 1024 * 1024;
const ATTEMPTS = 5;

const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(bytes < 10485760 ? 1 : 0)} MB`;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Browsers offer this on https and on this machine only; elsewhere the size alone is checked.
async function fingerprint(slice) {
  if (!globalThis.crypto?.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await slice.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function put(url, body, digest, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.responseType = "json";
    if (digest) request.setRequestHeader("X-Slice-SHA256", digest);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => resolve({ status: request.status, answer: request.response || {} });
    request.onerror = () => reject(new Error("network"));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

class Refused extends Error {
  constructor(answer) {
    super(answer.message || "The server refused the file.");
    this.hint = answer.hint || "Reload the page and try again.";
  }
}

async function send(file, address, signal, onProgress) {
  let offset = 0;
  let failures = 0;
  for (;;) {
    const slice = file.slice(offset, offset + SLICE);
    let outcome;
    try {
      const url = `${address}?offset=${offset}&size=${file.size}`;
      outcome = await put(url, slice, await fingerprint(slice), signal, (loaded) => onProgress(offset + loaded));
    } catch (error) {
      if (error.name === "AbortError" || ++failures >= ATTEMPTS) throw error;
      await pause(500 * failures);
      continue;
    }
    const { status, answer } = outcome;
    if (status === 409 && "received" in answer && ++failures < ATTEMPTS) {
      offset = answer.received; // it was stored or damaged before: go on from what is on disk
      continue;
    }
    if (status !== 200) throw new Refused(answer);
    if (answer.complete) return;
    offset = answer.received;
    failures = 0;
    onProgress(offset);
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const find = (selector) => parentElement.querySelector(selector);
  const state = (parentElement.hestiaUpload ??= { stop: null });
  const drop = find(".drop");
  const picker = find(".picker");

  const show = (name) => {
    for (const part of ["idle", "sending", "failed"]) find(`.${part}`).hidden = part !== name;
  };
  const fail = (message, hint) => {
    find(".failed .message").textContent = message;
    find(".failed .hint").textContent = hint;
    show("failed");
  };
  const draw = (file, sent) => {
    const share = file.size ? Math.min(sent / file.size, 1) : 1;
    find(".fill").style.width = `${share * 100}%`;
    find(".figures").textContent = `${megabytes(sent)} of ${megabytes(file.size)}`;
    find(".track").setAttribute("aria-valuenow", String(Math.round(share * 100)));
  };

  async function start(file) {
    if (!file || state.stop) return;
    if (file.size > data.max_bytes) {
      fail(`${file.name} is larger than ${megabytes(data.max_bytes)}, the largest this page accepts.`,
        "Copy it into the drop folder instead.");
      return;
    }
    state.stop = new AbortController();
    find(".name").textContent = file.name;
    draw(file, 0);
    show("sending");
    try {
      await send(file, data.address, state.stop.signal, (sent) => draw(file, sent));
      draw(file, file.size);
      setTriggerValue("uploaded", { token: data.token, name: file.name, size: file.size });
    } catch (error) {
      if (error.name === "AbortError") {
        await fetch(data.address, { method: "DELETE" });
        setTriggerValue("cancelled", data.token);
        show("idle");
      } else if (error instanceof Refused) fail(error.message, error.hint);
      else fail("The connection to Hestia was lost.", "Check that it is running, then choose the file again.");
    } finally {
      state.stop = null;
      picker.value = "";
    }
  }

  find(".note").textContent = data.note;
  find(".browse").onclick = () => picker.click();
  find(".again").onclick = () => { setTriggerValue("cancelled", data.token); show("idle"); };
  find(".cancel").onclick = () => state.stop?.abort();
  picker.onchange = () => start(picker.files[0]);
  drop.ondragover = (event) => { event.preventDefault(); drop.classList.add("over"); };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    start(event.dataTransfer.files[0]);
  };
}
