using System.Diagnostics;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Storage;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>While a store is served, commands that write are carried out by the serving process, and their words come back.</summary>
public sealed class HandOverTests
{
    [Fact, Trait("Speed", "Slow")]
    public void Commands_are_carried_out_by_the_process_that_serves()
    {
        var folder = Directory.CreateTempSubdirectory("escala-served-").FullName;
        var store = Path.Combine(folder, "store");
        Process? server = null;
        try
        {
            EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
            server = EscalaProcess.Start(["serve", "--store", store, "--port", "0"]);
            Assert.Contains("token=", server.StandardOutput.ReadLine(), StringComparison.Ordinal);
            var register = Path.Combine(folder, "r.csv");
            File.WriteAllText(register, Stores.Register.Csv([new Visit("a1", "F101", "2025-03-03"), new Visit("a2", "F101", "2025-03-03"), new Visit("a3", "NOWHERE", "2025-03-03")]));
            var (code, output, _) = EscalaProcess.Run(["import", register, "--store", store]);
            Assert.Equal(1, code);
            Assert.Contains("2", output, StringComparison.Ordinal);
            Assert.Contains("NOWHERE", EscalaProcess.Does("inbox", "list", "--store", store), StringComparison.Ordinal);
            Assert.Contains("PIN", EscalaProcess.Does("account", "add", "ana", "--role", "nurse", "--place", "F101", "--store", store), StringComparison.Ordinal);
            Assert.Contains("ana", EscalaProcess.Does("account", "list", "--store", store), StringComparison.Ordinal);
            EscalaProcess.Does("merge", "--person", "a1", "--into", "a2", "--reason", "test", "--store", store);
            EscalaProcess.Refusal(EscalaProcess.Run(["erase", "--person", "nobody", "--reason", "test", "--store", store]));
            EscalaProcess.Does("erase", "--person", "a1", "--reason", "test", "--store", store);
            EscalaProcess.Does("backup", Path.Combine(folder, "backup.db"), "--store", store);
            EscalaProcess.Does("verify", "--store", store);
            using (var open = Store.At(store))
            {
                using var session = open.Open(writable: false);
                Assert.Equal(session.Scalar("SELECT MAX(position) FROM entry")!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), Store.Info(session, "backed-up"));
            }

            server.Kill();
            server.WaitForExit();
            // The socket of a process that is gone stands in nobody's way.
            EscalaProcess.Does("account", "disable", "ana", "--store", store);
        }
        finally
        {
            if (server is { HasExited: false }) server.Kill();
            server?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
