"use strict";

// WeChat's side of a soak: many people, each with messages one after the other, sent again as WeChat does. Everything
// about WeChat's encryption is done by wechat-crypto. Reads one JSON object {url, ca, token, key, appId, atOnce,
// pause, people} where pause is in milliseconds and people is [{openid, texts}], writes one JSON line for each message: {openid, number, tries, reply} as they come.

const https = require("node:https");
const crypto = require("node:crypto");
const WXBizMsgCrypt = require("wechat-crypto");

const PATIENCE = 5000;
const TRIES = 3;

const escaped = (text) => text.replaceAll("]]>", "]]]]><![CDATA[>");
const between = (xml, name) => {
  const found = xml.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([\\s\\S]*?)(?:\\]\\]>)?</${name}>`));
  return found ? found[1] : null;
};

function post(agent, plan, query, body) {
  return new Promise((resolve, reject) => {
    const url = `${plan.url}/wechat?${new URLSearchParams(query)}`;
    const headers = { "content-type": "text/xml", "content-length": Buffer.byteLength(body) };
    const request = https.request(url, { agent, method: "POST", headers, ca: plan.ca }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }));
    });
    const timer = setTimeout(() => request.destroy(new Error("WeChat left")), PATIENCE);
    request.on("close", () => clearTimeout(timer));
    request.on("error", reject);
    request.end(body);
  });
}

function read(crypt, answer) {
  if (answer.status !== 200) return null;
  if (answer.body === "success" || answer.body === "") return "";
  const encrypted = between(answer.body, "Encrypt");
  const signature = crypt.getSignature(between(answer.body, "TimeStamp"), between(answer.body, "Nonce"), encrypted);
  if (signature !== between(answer.body, "MsgSignature")) throw new Error("wrong signature");
  return between(crypt.decrypt(encrypted).message, "Content");
}

async function send(agent, plan, crypt, openid, text) {
  const created = Math.floor(Date.now() / 1000);
  const xml =
    `<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName>` +
    `<CreateTime>${created}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
    `<Content><![CDATA[${escaped(text)}]]></Content><MsgId>${crypto.randomInt(2 ** 47)}</MsgId></xml>`;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const encrypted = crypt.encrypt(xml);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = String(crypto.randomInt(10 ** 9));
    const query = {
      signature: crypto.createHash("sha1").update([plan.token, timestamp, nonce].sort().join("")).digest("hex"),
      timestamp, nonce, openid, encrypt_type: "aes",
      msg_signature: crypt.getSignature(timestamp, nonce, encrypted),
    };
    const began = Date.now();
    try {
      const reply = read(crypt, await post(agent, plan, query, `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`));
      if (reply !== null) return { tries, reply };
    } catch (error) {
      if (error.message === "wrong signature") throw error;
    }
    // WeChat sends again 5 s after it sent.
    if (tries < TRIES) await new Promise((done) => setTimeout(done, Math.max(0, PATIENCE - (Date.now() - began))));
  }
  return { tries: TRIES, reply: null };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const plan = JSON.parse(Buffer.concat(chunks).toString());
  const crypt = new WXBizMsgCrypt(plan.token, plan.key, plan.appId);
  const agent = new https.Agent({ keepAlive: true, maxSockets: plan.atOnce });
  const waiting = [...plan.people];
  const serve = async () => {
    for (let person = waiting.shift(); person; person = waiting.shift()) {
      for (const [number, text] of person.texts.entries()) {
        const outcome = await send(agent, plan, crypt, person.openid, text);
        process.stdout.write(JSON.stringify({ openid: person.openid, number, ...outcome }) + "\n");
        if (plan.pause) await new Promise((done) => setTimeout(done, plan.pause));
      }
    }
  };
  await Promise.all(Array.from({ length: plan.atOnce }, serve));
  agent.destroy();
}

main();
