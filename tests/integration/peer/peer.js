"use strict";

// Reads one JSON request a line, writes one JSON answer a line. Everything about WeChat is done by wechat-crypto.

const readline = require("node:readline");
const WXBizMsgCrypt = require("wechat-crypto");

const answers = {
  encrypt: (crypt, { text, timestamp, nonce }) => {
    const encrypted = crypt.encrypt(text);
    return { encrypted, signature: crypt.getSignature(timestamp, nonce, encrypted) };
  },
  decrypt: (crypt, { encrypted, timestamp, nonce }) => {
    const { message, id } = crypt.decrypt(encrypted);
    return { text: message, id, signature: crypt.getSignature(timestamp, nonce, encrypted) };
  },
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  const crypt = new WXBizMsgCrypt(request.token, request.key, request.appId);
  process.stdout.write(JSON.stringify(answers[request.do](crypt, request)) + "\n");
});
