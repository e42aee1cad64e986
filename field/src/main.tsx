import { render } from "preact";
import { app } from "./app";
import "./app.css";
import { useApp } from "./parts/use-app";
import { Broken, ChoosePerson, Elsewhere, SignIn, Unlock } from "./screens/entrance";
import { Home } from "./screens/home";
import { Inbox, Unsent } from "./screens/inbox";
import { DeviceScreen } from "./screens/device";
import { Opening } from "./parts/opening";
import { ClockWarning } from "./parts/clock";
import { lazy } from "./parts/lazy";
import { ListScreen } from "./screens/lists";
import { NewPerson } from "./screens/new-person";
import { PersonScreen } from "./screens/person";
import { browserLanguage, t } from "./texts/texts";
import { watchForUpgrades } from "./upgrade";

// What a desk needs, and what is opened once a month, comes after the first screen.
const RegisterPage = lazy(() => import("./screens/page").then((m) => m.RegisterPage));
const Tallies = lazy(() => import("./screens/tallies").then((m) => m.Tallies));
const Sessions = lazy(() => import("./screens/sessions").then((m) => m.Sessions));
const SessionScreen = lazy<{ id: string; entry?: string | undefined }>(() => import("./screens/session").then((m) => m.SessionScreen));
const Forms = lazy(() => import("./screens/forms").then((m) => m.Forms));
const FormScreen = lazy<{ form: string; draft: string; person?: string | undefined; replaces?: string | undefined }>(() => import("./screens/forms").then((m) => m.FormScreen));
const Sheets = lazy(() => import("./screens/sheets").then((m) => m.Sheets));

function Whole() {
  const { stage, practice } = useApp();
  switch (stage) {
    case "loading":
      return null;
    case "elsewhere":
      return <Elsewhere />;
    case "broken":
      return <Broken />;
    case "sign-in":
      return <SignIn />;
    case "choose":
      return <ChoosePerson />;
    case "pin":
      return <Unlock key={app.account?.id} />;
    case "open":
      return (
        <div class={practice ? "app practice" : "app"}>
          {practice && <p class="practice-band">{t("practice.band")}</p>}
          <Open />
          {!practice && <ClockWarning />}
        </div>
      );
  }
}

function Open() {
  const { screen, book } = useApp();
  // Whoever is sought on the first screen is found while the rest is still being opened; everything else must know everybody.
  if (!book!.isWhole && screen.name !== "home") return <Opening />;
  switch (screen.name) {
    case "home":
      return <Home />;
    case "person":
      return <PersonScreen key={screen.id + (screen.correct ?? "")} id={screen.id} correct={screen.correct} />;
    case "new-person":
      return <NewPerson key={screen.draft} number={screen.number} text={screen.text} draft={screen.draft} />;
    case "list":
      return <ListScreen key={screen.which} which={screen.which} />;
    case "inbox":
      return <Inbox />;
    case "unsent":
      return <Unsent />;
    case "device":
      return <DeviceScreen />;
    case "page":
      return <RegisterPage />;
    case "tallies":
      return <Tallies />;
    case "sessions":
      return <Sessions />;
    case "session":
      return <SessionScreen key={screen.id + (screen.entry ?? "")} id={screen.id} entry={screen.entry} />;
    case "forms":
      return <Forms />;
    case "form":
      return <FormScreen key={screen.key} form={screen.form} draft={screen.key} person={screen.person} replaces={screen.replaces} />;
    case "sheets":
      return <Sheets />;
  }
}

render(<Whole />, document.getElementById("app")!);
void app.start(browserLanguage());
watchForUpgrades();
