using Escala.Capture.Exchange;
using Escala.Capture.Inbox;
using Escala.Cascades.Sheets;
using Escala.Platform.Storage;
using Escala.Registry.Accounts;
using Escala.Registry.People;
using Escala.Web.Field;
using Microsoft.AspNetCore.Mvc;

namespace Escala.Web.Pages;

/// <summary>One of several people who have one number.</summary>
public sealed record SharerLine(Guid Id, string Name, string Place, string Day);

/// <param name="Value">Of a number that tells what somebody is treated for only its end.</param>
public sealed record SharedLine(string Label, string Value, IReadOnlyList<SharerLine> People);

/// <summary>What was said of one field, by whom, when and on what.</summary>
public sealed record SaidLine(string Value, string By, string Day);

public sealed record ConflictLine(string Person, string Field, IReadOnlyList<SaidLine> Said);

public sealed record RefusedLine(string Kind, string Place, string By, string At, string Sentence);

/// <summary>What waits for somebody: two words for one thing, one number for two people, entries of tablets that were refused. The doorkeeper has asked where a form came from.</summary>
[IgnoreAntiforgeryToken]
public sealed class InboxPage(SheetReader reader, IEnumerable<FieldServer> fields) : OfficePage(reader, fields)
{
    /// <summary>Of each kind.</summary>
    public const int Most = 200;

    private readonly Dictionary<Guid, string> _devices = [];
    private IReadOnlyDictionary<Guid, string> _accounts = new Dictionary<Guid, string>();

    public IReadOnlyList<SharedLine> Shared { get; private set; } = [];

    public IReadOnlyList<ConflictLine> Conflicts { get; private set; } = [];

    public IReadOnlyList<RefusedLine> Refused { get; private set; } = [];

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
            var merged = MergePeople.Merge(Field.Store, Field.Writer, Programme, person.ToString(), into.ToString(), reason.Trim(), Looking.Account?.Name, Field.Clock);
            if (merged.IsOk) return Redirect("/inbox");
            Refusal = SiteTexts.Problems.Sentence(merged.Problems[0], Language);
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        Read(Show);
        return Page();
    }

    public static string KindOf(string? kind, Func<string, string> say) => SiteTexts.Catalogue.Knows("kind." + kind) ? say("kind." + kind) : kind ?? say("kind.unknown");

    private bool Show(Session session)
    {
        _accounts = AccountTable.Names(session);
        foreach (var device in DeviceTable.All(session)) _devices[device.Id] = device.Name;
        var scope = Scope(null);
        var conflicts = new FieldConflicts(session);
        Shared = [.. SharedNumbers(session).Take(Most).Select(s => new SharedLine(SystemLabel(s.Identifier.System), PersonInBrief.Shown(Programme, s.Identifier).Value, [.. s.People.Select(p => LineOf(conflicts, p))]))];
        Conflicts = [.. conflicts.Read(scope, Most).SelectMany(p => p.Profile.Conflicts.Select(c => new ConflictLine(NameOf(p.Profile, p.Id), FieldLabel(c.Field), [.. c.Values.Select(v => LineOf(v.Value, v.Said))])))];
        Refused = [.. RefusedEntries.Read(session).Where(r => scope is null || (r.Facility is { } at && scope.Contains(at))).OrderByDescending(r => r.Number).Take(Most).Select(LineOf)];
        Rows = Looking.SeesEverything ? InboxTable.Read(session).Count : 0;
        return true;
    }

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
        KindOf(entry.Kind, key => Say(key)), PlaceName(entry.Facility), By(entry.Account, entry.Device), Instant(entry.ReceivedAt), SiteTexts.Problems.Sentence(entry.Problem, Language));

    private string By(Guid? account, Guid? device) => string.Join(" · ", ((string?[])[
        account is { } who ? _accounts.GetValueOrDefault(who, Say("inbox.nobody")) : Say("inbox.office"), device is { } on ? _devices.GetValueOrDefault(on, "") : ""]).Where(s => s is { Length: > 0 }));

    private static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;

    private static string NameOf(PersonProfile profile, Guid id) => $"{profile["given"]} {profile["family"]}".Trim() is { Length: > 0 } name ? name : id.ToString()[..8];

    private string FieldLabel(string field) => Programme.Field?.PersonFields.FirstOrDefault(f => f.Name == field) is { } known ? Name(known.Label) : SiteTexts.Catalogue.Knows("field." + field) ? Say("field." + field) : field;

    private string SystemLabel(string system) => Programme.Field?.Identifiers.FirstOrDefault(i => i.System == system) is { } known ? Name(known.Label) : system;
}
