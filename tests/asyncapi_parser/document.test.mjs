// The generated document is valid, and the judge refuses broken ones: a judge that passes everything proves nothing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { faults } from "./judge.mjs";

const DOCUMENT = readFileSync(new URL("../../docs/asyncapi.json", import.meta.url), "utf8");

test("the document is valid", async () => {
  assert.deepEqual(await faults(DOCUMENT), []);
});

const PLANTED = {
  "a QoS that MQTT does not have": (d) => (d.operations.sendTx.bindings.mqtt.qos = 3),
  "a retain that is no truth value": (d) => (d.operations.sendStatus.bindings.mqtt.retain = "yes"),
  "a will with a QoS that MQTT does not have": (d) => (d.servers.broker.bindings.mqtt.lastWill.qos = 5),
  "an address whose parameter nobody declares": (d) => delete d.channels.up_tx.parameters,
  "a parameter that no address has": (d) => (d.channels.up_tx.parameters.store = { description: "of the shop" }),
  "a message that the channel does not carry": (d) =>
    (d.operations.sendTx.messages = [{ $ref: "#/components/messages/Ack" }]),
  "a reference to nothing": (d) => (d.components.messages.Ack.payload.$ref = "#/components/schemas/Nothing"),
  "an operation that neither sends nor receives": (d) => (d.operations.sendTx.action = "publish"),
  "an operation without a channel": (d) => delete d.operations.sendTx.channel,
  "a schema of a type that JSON does not have": (d) => (d.components.schemas.Ack.properties.upto = { type: "int" }),
  "an object as discriminator, which pydantic writes and AsyncAPI has no place for": (d) =>
    (d.components.schemas.Ack.discriminator = { propertyName: "t" }),
  "a document without a title": (d) => delete d.info.title,
};

for (const [name, plant] of Object.entries(PLANTED)) {
  test(`refused: ${name}`, async () => {
    const broken = JSON.parse(DOCUMENT);
    plant(broken);
    assert.notDeepEqual(await faults(JSON.stringify(broken)), []);
  });
}

test("refused: what is no JSON", async () => {
  assert.notDeepEqual(await faults(DOCUMENT.slice(0, -3)), []);
});
