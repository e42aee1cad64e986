using System.Globalization;
using Escala.Cascades.Sheets;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Web.Field;
using Microsoft.AspNetCore.Mvc;

namespace Escala.Web.Pages;

/// <summary>A place whose lock time was set, or the package's word for all others.</summary>
public sealed record LockLine(PlaceRecord Place, int Minutes);

/// <summary>Who may come in, the tablets, and after how many minutes those lock. The doorkeeper has asked where a form came from.</summary>
[IgnoreAntiforgeryToken]
public sealed class AccountsPage(SheetReader reader, IEnumerable<FieldServer> fields) : OfficePage(reader, fields)
{
    public IReadOnlyList<Account> All { get; private set; } = [];

    public IReadOnlyList<Device> Devices { get; private set; } = [];

    public IReadOnlyList<LockLine> Locks { get; private set; } = [];

    /// <summary>Minutes where no place says anything.</summary>
    public int PackageLock => Programme.Field?.LockMinutes ?? PlaceSettings.UsualLock;

    /// <summary>All places of today, the highest first.</summary>
    public IEnumerable<PlaceRecord> Choices => Programme.Levels.SelectMany(level => Places.OfLevel(level, Today));

    public string? Refusal { get; private set; }

    public IActionResult OnGet()
    {
        if (Field is null) return NotFound();
        Show();
        return Page();
    }

    /// <param name="minutes">Empty: as the place above.</param>
    public IActionResult OnPost(string? place, string? minutes)
    {
        if (Field is null) return NotFound();
        int? wanted = string.IsNullOrWhiteSpace(minutes) ? null : int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        var set = PlaceSettings.SetLock(Field.Writer, Places, place ?? "", wanted, Looking.Account?.Name, Field.Clock);
        if (set.IsOk) return Redirect("/accounts#lock");
        Refusal = SiteTexts.Problems.Sentence(set.Problems[0], Language);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        Show();
        return Page();
    }

    private void Show() => (All, Devices, Locks) = Read(session => (AccountTable.All(session), DeviceTable.All(session), (IReadOnlyList<LockLine>)[.. PlaceSettings.In(session).LockMinutes
        .Select(l => (Place: Places.On(l.Key, Today), l.Value)).Where(l => l.Place is not null).Select(l => new LockLine(l.Place!, l.Value))]));
}
