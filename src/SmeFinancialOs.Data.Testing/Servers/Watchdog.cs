using System.ComponentModel;
using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>
/// The shell that runs a throwaway server (watchdog.sh). It holds the reading end of a pipe whose writing end only this process has:
/// the pipe closes when we ask for it and when we die, and then the server and its directory go.
/// </summary>
internal sealed class Watchdog
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Watchdog(Process process) => _process = process;

    /// <exception cref="WayUnavailableException">The server does not start; the message ends with its log.</exception>
    public static async Task<Watchdog> StartAsync(
        string binaries, string password, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script(), "sh", binaries, Path.TrimEndingDirectorySeparator(Path.GetTempPath()), .. arguments])
        {
            WorkingDirectory = "/", // ours may be closed to the user that the server runs as
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name); // PGDATA, PGPORT and their like are about another server
        start.Environment["LC_ALL"] = "C"; // the messages that we look into
        if (Environment.IsPrivilegedProcess)
            start.UserName = UnprivilegedUser(); // postgres refuses to run as root

        var watchdog = Launch(start);
        try
        {
            await watchdog.WaitUntilReadyAsync(password, cancellationToken).ConfigureAwait(false);
            return watchdog;
        }
        catch
        {
            await watchdog.StopAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the pipe and waits until the server and its directory are gone.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private static Watchdog Launch(ProcessStartInfo start)
    {
        try
        {
            return new Watchdog(Process.Start(start)!);
        }
        catch (Win32Exception fault)
        {
            // No such user, or a root that may not become another user, as in some containers.
            throw new WayUnavailableException($"/bin/sh cannot be run as {(start.UserName is "" ? "this user" : start.UserName)}: {fault.Message}", fault);
        }
    }

    private static string UnprivilegedUser() =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static string Script()
    {
        using var reader = new StreamReader(typeof(Watchdog).Assembly.GetManifestResourceStream("watchdog.sh")!);
        return reader.ReadToEnd();
    }

    private async Task WaitUntilReadyAsync(string password, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyTimeout);
        try
        {
            await _process.StandardInput.WriteLineAsync(password.AsMemory(), limit.Token).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(limit.Token).ConfigureAwait(false);
            while (await _process.StandardOutput.ReadLineAsync(limit.Token).ConfigureAwait(false) is { } line)
                if (line == "ready")
                    return;
            throw new WayUnavailableException("the server does not start:\n" + await _process.StandardError.ReadToEndAsync(limit.Token).ConfigureAwait(false));
        }
        catch (IOException fault)
        {
            throw new WayUnavailableException($"the server does not start: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WayUnavailableException($"the server was not ready after {ReadyTimeout.TotalSeconds:0} s.", fault);
        }
    }
}
