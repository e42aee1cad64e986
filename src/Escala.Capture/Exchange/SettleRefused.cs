using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry.Accounts;

namespace Escala.Capture.Exchange;

/// <summary>What the office does with entries of devices that were refused, when their author cannot: tries them again, or gives them up.</summary>
public static class SettleRefused
{
    /// <summary>Gives entries up: an entry of the ledger says who and why and holds what came. The device is told with its next exchange.</summary>
    /// <param name="numbers">Of <see cref="RefusedEntry.Number"/>.</param>
    /// <param name="reason">Without personal data: it stands in the ledger, and on the device.</param>
    /// <param name="isTheirs">What whoever does it may see: of the rest nothing goes along, though it stands under the same id.</param>
    public static Result<int> GiveUp(LedgerWriter writer, IReadOnlyCollection<long> numbers, string? reason, string? by, TimeProvider clock, Func<RefusedEntry, bool>? isTheirs = null)
    {
        if (string.IsNullOrWhiteSpace(reason)) return Problem.Of("capture.discard.reason");
        List<Problem> problems = [];
        var given = 0;
        writer.Run(transaction =>
        {
            var waiting = numbers.Distinct().Select(n => (Number: n, Entry: RefusedEntries.Numbered(transaction.Session, n))).ToList();
            problems = [.. waiting.Where(w => w.Entry is null).Select(w => Problem.Of("capture.discard.number", ("number", "e" + w.Number)))];
            if (problems.Count > 0) return;
            var refused = waiting.SelectMany(w => w.Entry!.Id is { } id ? RefusedEntries.Of(transaction.Session, id).Where(e => isTheirs?.Invoke(e) != false) : [w.Entry]).DistinctBy(e => e.Number).ToList();
            transaction.Append([.. refused.Select(e => SettledEntries.Discard(e, by, reason.Trim(), clock))]);
            foreach (var underOne in refused.GroupBy(e => e.Id)) SettledEntries.Settle(transaction.Session, [.. underOne], Outcome.GivenUp, by, reason.Trim(), clock);
            given = refused.Count;
        });
        return problems.Count > 0 ? Result<int>.Refused(problems) : given;
    }

    /// <summary>Offers entries again as they came, now that what stood in their way may be gone; those that cannot be taken stay, with what is wrong now.</summary>
    /// <param name="numbers">Null: all that wait.</param>
    /// <param name="isVouchedFor">By whoever has the command line of the server, as for a file. Else they are asked what the devices that offered them were asked.</param>
    /// <returns>How many were taken.</returns>
    public static async Task<Result<int>> TryAgain(SessionPool sessions, PushBatch push, IReadOnlyCollection<long>? numbers, string? by, bool isVouchedFor)
    {
        var waiting = sessions.Read(session => RefusedEntries.Read(session).Where(e => e.CanTryAgain && numbers?.Contains(e.Number) != false)
            .Select(e => (Entry: e, Caller: isVouchedFor ? null : CallerOf(session, e)))
            // What no account offered came by a file, and was vouched for then.
            .Where(w => isVouchedFor || w.Caller is not null || w.Entry is { Account: null, Device: null }).ToList());
        var taken = 0;
        foreach (var offer in waiting.GroupBy(w => w.Caller, w => w.Entry))
        {
            using var lines = new MemoryStream();
            lines.Write("{\"escala\":1}\n"u8);
            foreach (var entry in offer)
            {
                lines.Write(entry.Content);
                lines.WriteByte((byte)'\n');
            }

            lines.Position = 0;
            using var reader = BatchReader.Open(lines, BatchLimits.File);
            var offered = reader.Lines().ToList();
            if (reader.Fault is { } fault) return fault;
            var answered = await push.Take(offered, offer.Key, isFile: offer.Key is null, atOffice: true, by);
            if (!answered.TryGet(out var answer)) return Result<int>.Refused(answered.Problems);
            taken += answer.Receipts.Count(r => r.Status != ReceiptStatus.Refused);
        }

        return taken;
    }

    private static Caller? CallerOf(Session session, RefusedEntry entry) => entry.Account is { } id && AccountTable.Read(session, id) is { } account ? new Caller(account, entry.Device) : null;
}
