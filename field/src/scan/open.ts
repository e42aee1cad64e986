import { app } from "../app";
import { t } from "../texts/texts";
import { readPayload } from "./payload";

/** Opens the record that a code names; an unknown number begins a registration with it. False when the code says nothing usable. */
export async function openScanned(code: string): Promise<boolean> {
  const book = app.book!;
  const said = readPayload(code);
  if (said === null) {
    app.say(t("scan.misread"));
    return false;
  }
  if ("person" in said) {
    if (book.index.get(said.person) !== undefined) app.show({ name: "person", id: said.person });
    else {
      // A card that another register printed: its code is a number like any other.
      const holders = book.index.holding(said.person);
      if (holders.length === 1) app.show({ name: "person", id: holders[0]!.id });
      else app.register({ number: said.person });
    }
    return true;
  }
  const holders = book.index.holdingButForZeros(said.number);
  if (holders.length === 1) app.show({ name: "person", id: holders[0]!.id });
  else if (holders.length === 0 && code.length >= 6) app.register({ number: said.number });
  else return false;
  return true;
}
