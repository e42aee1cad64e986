using Escala.Capture.Exchange;
using Escala.Capture.Inbox;
using Escala.Cascades.Sheets;
using Escala.Platform.Storage;
using Escala.Registry.Accounts;
using Escala.Registry.People;
using Escala.Web.Field;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Escala.Web.Pages;

/// <summary>One of several people who have one number.</summary>
public sealed record SharerLine(Guid Id, string Name, string Place, string Day);

/// <param name="Value">Of a number that tells what somebody is treated for only its end.</param>
public sealed record SharedLine(string Label, string Value, IReadOnlyList<SharerLine> People);

/// <summary>What was said of one field, by whom, when and on what.</summary>
public sealed record SaidLine(string Value, string By, string Day);

public sealed record ConflictLine(string Person, string Field, IReadOnlyList<SaidLine> Said);

/// <param name="CanTryAgain">False of somebody who was erased: nothing of it is left to try.</param>
public sealed record RefusedLine(long Number, string Kind, string Place, string By, string At, string Sentence, bool CanTryAgain);

/// <summary>A refused entry of which somebody has said what becomes of it, lately.</summary>
public sealed record SettledLine(string Kind, string Place, string By, string Outcome, string SettledBy, string At, string Reason);

/// <summary>What waits for somebody: two words for one thing, one number for two people, entries of tablets that were refused. The doorkeeper has asked where a form came from.</summary>
[IgnoreAntiforgeryToken]
public sealed class InboxPage(SheetReader reader, IEnumerable<FieldServer> fields) : OfficePage(reader, fields)
{
    /// <summary>Of each kind.</summary>
    public const int Most = 200;

    private const int MostSettled = 20;

    private readonly Dictionary<Guid, string> _devices = [];
    private IReadOnlyDictionary<Guid, string> _accounts = new Dictionary<Guid, string>();

    public IReadOnlyList<SharedLine> Shared { get; private set; } = [];

    public IReadOnlyList<ConflictLine> Conflicts { get; private set; } = [];

    public IReadOnlyList<RefusedLine> Refused { get; private set; } = [];

    public IReadOnlyList<SettledLine> Settled { get; private set; } = [];

    /// <summary>Rows of imports; shown to whoever sees everything.</summary>
    public int Rows { get; private set; }

    public string? Refusal { get; private set; }

    public IActionResult OnGet()
    {
        if (Field is null) return NotFound();
        Read(Show);
        // Names and numbers of patients are read here.
        if (Shared.Count + Conflicts.Count > 0) Note("inbox", null, null, Shared.Count + Conflicts.Count);
        return Page();
    }

    /// <summary>Says that two who have one number are one person.</summary>
    public IActionResult OnPost(Guid person, Guid into, string? reason)
    {
        if (Field is null) return NotFound();
        // Only what the page shows to the account can be merged there.
        if (person == into || !Read(SharedNumbers).Any(s => s.People.Any(p => p.Id == person) && s.People.Any(p => p.Id == into))) Refusal = Say("inbox.gone");
        else if (string.IsNullOrWhiteSpace(reason)) Refusal = Say("inbox.reasonNeeded");
        else
        {
            var merged = MergePeople.Merge(Field.Store, Field.Writer, Programme, person.ToString(), into.ToString(), reason.Trim(), Settler, Field.Clock);
            if (merged.IsOk) return Redirect("/inbox");
            Refusal = SiteTexts.Problems.Sentence(merged.Problems[0], Language);
        }

        return Refused400();
    }

    /// <summary>Offers a refused entry again as it came: what stood in its way may be gone.</summary>
    public async Task<IActionResult> OnPostAgain(long number)
    {
        if (Field is null) return NotFound();
        if (!Read(RefusedHere).Any(r => r.Number == number)) Refusal = Say("inbox.refusedGone");
        else
        {
            var taken = await SettleRefused.TryAgain(Field.Sessions, Field.Push, [number], Settler, isVouchedFor: false);
            if (taken is { IsOk: true, Value: > 0 }) return Redirect("/inbox");
            Refusal = taken.IsOk ? Say("inbox.refusedAgain") : SiteTexts.Problems.Sentence(taken.Problems[0], Language);
        }

        return Refused400();
    }

    /// <summary>Gives a refused entry up; its device is told.</summary>
    public IActionResult OnPostGiveUp(long number, string? reason)
    {
        if (Field is null) return NotFound();
        if (!Read(RefusedHere).Any(r => r.Number == number)) Refusal = Say("inbox.refusedGone");
        else if (string.IsNullOrWhiteSpace(reason)) Refusal = Say("inbox.giveUpWhy");
        else
        {
            var scope = Scope(null);
            var given = SettleRefused.GiveUp(Field.Writer, [number], reason, Settler, Field.Clock, e => IsHere(e.Facility, scope));
            if (given.IsOk) return Redirect("/inbox");
            Refusal = SiteTexts.Problems.Sentence(given.Problems[0], Language);
        }

        return Refused400();
    }

    private PageResult Refused400()
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        Read(Show);
        return Page();
    }

    /// <summary>Name of whoever settles something here; null for whoever started the program.</summary>
    private string? Settler => Looking.Account?.Name;

    public static string KindOf(string? kind, Func<string, string> say) => SiteTexts.Catalogue.Knows("kind." + kind) ? say("kind." + kind) : kind ?? say("kind.unknown");

    private bool Show(Session session)
    {
        _accounts = AccountTable.Names(session);
        foreach (var device in DeviceTable.All(session)) _devices[device.Id] = device.Name;
        var scope = Scope(null);
        var conflicts = new FieldConflicts(session);
        Shared = [.. SharedNumbers(session).Take(Most).Select(s => new SharedLine(SystemLabel(s.Identifier.System), PersonInBrief.Shown(Programme, s.Identifier).Value, [.. s.People.Select(p => LineOf(conflicts, p))]))];
        Conflicts = [.. conflicts.Read(scope, Most).SelectMany(p => p.Profile.Conflicts.Select(c => new ConflictLine(NameOf(p.Profile, p.Id), FieldLabel(c.Field), [.. c.Values.Select(v => LineOf(v.Value, v.Said))])))];
        Refused = [.. RefusedHere(session).OrderByDescending(r => r.Number).Take(Most).Select(LineOf)];
        Settled = [.. SettledEntries.Latest(session).Where(s => IsHere(s.Facility, scope)).Take(MostSettled).Select(LineOf)];
        Rows = Looking.SeesEverything ? InboxTable.Read(session).Count : 0;
        return true;
    }

    /// <summary>At the places of the account; what names no place is for whoever sees everything.</summary>
    private IEnumerable<RefusedEntry> RefusedHere(Session session)
    {
        var scope = Scope(null);
        return RefusedEntries.Read(session).Where(r => IsHere(r.Facility, scope));
    }

    private static bool IsHere(string? facility, IReadOnlySet<string>? scope) => scope is null || (facility is not null && scope.Contains(facility));

    /// <summary>Of people known at the places of the account.</summary>
    private IReadOnlyList<SharedIdentifier> SharedNumbers(Session session)
    {
        if (Scope(null) is not { } scope) return new SharedIdentifiers(Field!.Programme).Of(session, _ => true);
        var ours = PeopleKnownAt.Read(session, scope);
        return new SharedIdentifiers(Field!.Programme).Of(session, ours.Contains);
    }

    private SharerLine LineOf(FieldConflicts profiles, Sharer sharer) => new(
        sharer.Id, NameOf(profiles.ProfileOf(sharer.Id), sharer.Id), PlaceName(sharer.Facility), sharer.Day > 0 ? Words.ShortDay(DateOnly.FromDayNumber(sharer.Day)) : "");

    private SaidLine LineOf(string value, Saying said) => new(value, By(Id(said.Author), Id(said.Device)), Words.ShortDay(DateOnly.FromDayNumber(said.Day)));

    private RefusedLine LineOf(RefusedEntry entry) => new(
        entry.Number, KindOf(entry.Kind, key => Say(key)), PlaceName(entry.Facility), By(entry.Account, entry.Device), Instant(entry.ReceivedAt), SiteTexts.Problems.Sentence(entry.Problem, Language), entry.CanTryAgain);

    private SettledLine LineOf(SettledEntry entry) => new(
        KindOf(entry.Kind, key => Say(key)), PlaceName(entry.Facility), By(entry.Account, entry.Device), Say("inbox.outcome." + entry.Outcome.Word()), entry.By ?? Say("inbox.office"), Instant(entry.At), entry.Reason ?? "");

    private string By(Guid? account, Guid? device) => string.Join(" · ", ((string?[])[
        account is { } who ? _accounts.GetValueOrDefault(who, Say("inbox.nobody")) : Say("inbox.office"), device is { } on ? _devices.GetValueOrDefault(on, "") : ""]).Where(s => s is { Length: > 0 }));

    private static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;

    private static string NameOf(PersonProfile profile, Guid id) => $"{profile["given"]} {profile["family"]}".Trim() is { Length: > 0 } name ? name : id.ToString()[..8];

    private string FieldLabel(string field) => Programme.Field?.PersonFields.FirstOrDefault(f => f.Name == field) is { } known ? Name(known.Label) : SiteTexts.Catalogue.Knows("field." + field) ? Say("field." + field) : field;

    private string SystemLabel(string system) => Programme.Field?.Identifiers.FirstOrDefault(i => i.System == system) is { } known ? Name(known.Label) : system;
}
