using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;

namespace Escala.Capture.Exchange;

/// <summary>What the office does with entries of devices that were refused, when their author cannot: tries them again, or gives them up.</summary>
public static class SettleRefused
{
    /// <summary>Gives entries up: an entry of the ledger says who and why and holds what came. The device is told with its next exchange.</summary>
    /// <param name="numbers">Of <see cref="RefusedEntry.Number"/>.</param>
    /// <param name="reason">Without personal data: it stands in the ledger, and on the device.</param>
    public static Result<int> GiveUp(LedgerWriter writer, IReadOnlyCollection<long> numbers, string? reason, string? by, TimeProvider clock)
    {
        if (string.IsNullOrWhiteSpace(reason)) return Problem.Of("capture.discard.reason");
        List<Problem> problems = [];
        var given = 0;
        writer.Run(transaction =>
        {
            var waiting = numbers.Distinct().Select(n => (Number: n, Entry: RefusedEntries.Numbered(transaction.Session, n))).ToList();
            problems = [.. waiting.Where(w => w.Entry is null).Select(w => Problem.Of("capture.discard.number", ("number", "e" + w.Number)))];
            if (problems.Count > 0) return;
            var refused = waiting.SelectMany(w => w.Entry!.Id is { } id ? RefusedEntries.Of(transaction.Session, id) : [w.Entry]).DistinctBy(e => e.Number).ToList();
            transaction.Append([.. refused.Select(e => SettledEntries.Discard(e, by, reason.Trim(), clock))]);
            foreach (var underOne in refused.GroupBy(e => e.Id)) SettledEntries.Settle(transaction.Session, [.. underOne], Outcome.GivenUp, by, reason.Trim(), clock);
            given = refused.Count;
        });
        return problems.Count > 0 ? Result<int>.Refused(problems) : given;
    }

    /// <summary>Offers entries again as they came, now that what stood in their way may be gone; those that cannot be taken stay, with what is wrong now.</summary>
    /// <returns>How many were taken.</returns>
    public static async Task<Result<int>> TryAgain(SessionPool sessions, PushBatch push, IReadOnlyCollection<long>? numbers, string? by)
    {
        using var lines = new MemoryStream();
        lines.Write("{\"escala\":1}\n"u8);
        foreach (var entry in sessions.Read(RefusedEntries.Read).Where(e => e.Content.Length > 0 && numbers?.Contains(e.Number) != false))
        {
            lines.Write(entry.Content);
            lines.WriteByte((byte)'\n');
        }

        lines.Position = 0;
        using var reader = BatchReader.Open(lines, BatchLimits.File);
        var offered = reader.Lines().ToList();
        if (reader.Fault is { } fault) return fault;
        if (offered.Count == 0) return 0;
        var taken = await push.Take(offered, caller: null, isFile: true, by);
        return taken.TryGet(out var answer) ? answer.Receipts.Count(r => r.Status != ReceiptStatus.Refused) : Result<int>.Refused(taken.Problems);
    }
}
