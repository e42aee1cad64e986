using System.Collections.Concurrent;

namespace Escala.Platform.Storage;

/// <summary>Reading connections that are kept open between requests: opening one costs more than most questions asked on it.</summary>
public sealed class SessionPool(Store store) : IDisposable
{
    private const int MostKept = 16;

    private readonly ConcurrentBag<Session> _free = [];

    /// <summary>Asks on a connection of its own. A store that fails costs the connection.</summary>
    public T Read<T>(Func<Session, T> question)
    {
        if (!_free.TryTake(out var session)) session = store.Open(writable: false);
        T answer;
        try
        {
            answer = question(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        if (_free.Count < MostKept) _free.Add(session);
        else session.Dispose();
        return answer;
    }

    public void Dispose()
    {
        while (_free.TryTake(out var session)) session.Dispose();
    }
}
