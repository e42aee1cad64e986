using Escala.Platform.Problems;

namespace Escala.Platform.Storage;

/// <summary>The infrastructure under a store failed (disk full, device error, no connection). Nothing of the transaction was kept.</summary>
public sealed class StoreFailure(Problem problem, Exception? inner = null) : Exception(problem.ToString(), inner)
{
    public Problem Problem { get; } = problem;

    /// <summary>The connection must not be trusted any more: after a failed fsync the pages are gone, and trying again would lie.</summary>
    public bool ConnectionLost { get; init; }
}
