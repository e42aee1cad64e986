using Escala.Platform.Ledger;
using Escala.Platform.Problems;

namespace Escala.Capture.Exchange;

/// <summary>What a file of unsent entries came to.</summary>
public sealed record EntriesReport(string File, long Accepted, long Duplicate, long Refused, bool BrokenOff);

/// <summary>Takes the file that a device writes when it cannot reach a server ("export unsent"). Read twice: its end alone tells whether it came unchanged.</summary>
public sealed class ImportEntries(PushBatch push)
{
    public const string Extension = ".escala";

    private const int EntriesACommit = 2_000;

    public async Task<Result<EntriesReport>> Run(string path, CancellationToken stop)
    {
        using (var whole = BatchReader.Open(File.OpenRead(path), BatchLimits.File))
        {
            foreach (var line in whole.Lines()) stop.ThrowIfCancellationRequested();
            if (whole.Fault is { } fault) return fault;
        }

        using var reader = BatchReader.Open(File.OpenRead(path), BatchLimits.File);
        var report = new EntriesReport(Path.GetFileName(path), 0, 0, 0, false);
        foreach (var lines in reader.Lines().Chunk(EntriesACommit))
        {
            var taken = await push.Take(lines, caller: null, isFile: true, atOffice: true);
            if (!taken.TryGet(out var answer)) return Result<EntriesReport>.Refused(taken.Problems);
            report = report with
            {
                Accepted = report.Accepted + answer.Receipts.Count(r => r.Status == ReceiptStatus.Accepted),
                Duplicate = report.Duplicate + answer.Receipts.Count(r => r.Status == ReceiptStatus.Duplicate),
                Refused = report.Refused + answer.Receipts.Count(r => r.Status == ReceiptStatus.Refused),
            };
            stop.ThrowIfCancellationRequested();
        }

        return report with { BrokenOff = reader.BrokenOff };
    }
}
