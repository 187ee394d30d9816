using System.Diagnostics;
using System.Globalization;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>This program once more, as a process with an environment of its own that a test may end in any way.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const string ProgramName = "SmeFinancialOs.Data.Testing.Tests";

    private readonly Process _process;
    private readonly Task<string> _error;

    private ChildProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What the child says on standard error; complete once it has ended.</summary>
    public Task<string> Error => _error;

    /// <summary>Starts a scene in a process group of its own.</summary>
    public static ChildProcess Start(string scene, IReadOnlyDictionary<string, string?> environment, string? user = null, string? programFolder = null)
    {
        var start = new ProcessStartInfo("setsid", [Path.Combine(programFolder ?? AppContext.BaseDirectory, ProgramName), "child", scene])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SME_DATA_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        if (user is not null)
            start.UserName = user;
        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>What the child has started: the process id of the server and its data directory.</summary>
    public async Task<(int Pid, string Directory)> ReadServerAsync()
    {
        var line = await ReadLineAsync();
        var parts = line.Split(' ', 2);
        return int.TryParse(parts[0], CultureInfo.InvariantCulture, out var pid)
            ? (pid, parts[1])
            : throw new InvalidOperationException(line + await _process.StandardOutput.ReadToEndAsync() + await Error);
    }

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The child ended: " + await Error);

    public async Task<(int ExitCode, string Output)> WaitAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, output);
    }

    /// <summary>Sends a signal to the child alone.</summary>
    public void Signal(string signal) => Send(signal, _process.Id);

    /// <summary>Sends a signal to all processes of the child's group, as a terminal does with Ctrl-C.</summary>
    public void SignalGroup(string signal) => Send(signal, -_process.Id);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static void Send(string signal, int target)
    {
        using var kill = Process.Start("kill", ["-s", signal, "--", target.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
