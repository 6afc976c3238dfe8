// Sends files in slices, one after the other; the page learns only their names. The first goes to the address that
// the page gave, each other one to an address that the server opens for it.
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

async function another(address, signal) {
  const answer = await fetch(address, { method: "POST", signal });
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body);
  return body.token;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const find = (selector) => parentElement.querySelector(selector);
  const state = (parentElement.hestiaUpload ??= { stop: null });
  const drop = find(".drop");
  const picker = find(".picker");
  const addressOf = (token) => data.address.replace(data.token, token);

  const show = (name) => {
    for (const part of ["idle", "sending", "failed"]) find(`.${part}`).hidden = part !== name;
  };
  const fail = ({ message, hint }) => {
    find(".failed .message").textContent = message;
    find(".failed .hint").textContent = hint;
    show("failed");
  };
  const draw = (label, sent, total) => {
    const share = total ? Math.min(sent / total, 1) : 1;
    find(".name").textContent = label;
    find(".fill").style.width = `${share * 100}%`;
    find(".figures").textContent = `${megabytes(sent)} of ${megabytes(total)}`;
    find(".track").setAttribute("aria-valuenow", String(Math.round(share * 100)));
  };
  const whyNot = (file, error) => {
    if (file.size > data.max_bytes)
      return { name: file.name, hint: "Copy it into the drop folder instead.",
        message: `${file.name} is larger than ${megabytes(data.max_bytes)}, the largest this page accepts.` };
    if (error instanceof Refused) return { name: file.name, message: error.message, hint: error.hint };
    return { name: file.name, message: "The connection to Hestia was lost.",
      hint: "Check that it is running, then choose the file again." };
  };

  async function sendAll(files, opened) {
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const arrived = [];
    const refused = [];
    let before = 0;
    for (const [position, file] of files.entries()) {
      const label = files.length > 1 ? `${position + 1} of ${files.length}: ${file.name}` : file.name;
      const onProgress = (sent) => draw(label, before + sent, total);
      onProgress(0);
      try {
        if (file.size > data.max_bytes) throw new Error("too large");
        const token = opened.length ? await another(data.address, state.stop.signal) : data.token;
        opened.push(token);
        await send(file, addressOf(token), state.stop.signal, onProgress);
        arrived.push({ token, name: file.name });
      } catch (error) {
        if (error.name === "AbortError") throw error;
        refused.push(whyNot(file, error));
      }
      before += file.size;
      onProgress(0);
    }
    return { arrived, refused };
  }

  async function start(chosen) {
    const files = [...chosen];
    if (!files.length || state.stop) return;
    state.stop = new AbortController();
    const opened = [];
    show("sending");
    try {
      const { arrived, refused } = await sendAll(files, opened);
      if (arrived.length) setTriggerValue("uploaded", { token: data.token, files: arrived, refused });
      else fail(refused[0]);
    } catch (error) {
      for (const token of opened) await fetch(addressOf(token), { method: "DELETE" });
      setTriggerValue("cancelled", data.token);
      show("idle");
      if (error.name !== "AbortError") throw error;
    } finally {
      state.stop = null;
      picker.value = "";
    }
  }

  find(".note").textContent = data.note;
  find(".browse").onclick = () => picker.click();
  find(".again").onclick = () => { setTriggerValue("cancelled", data.token); show("idle"); };
  find(".cancel").onclick = () => state.stop?.abort();
  picker.onchange = () => start(picker.files);
  drop.ondragover = (event) => { event.preventDefault(); drop.classList.add("over"); };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    start(event.dataTransfer.files);
  };
}
