using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SmeFinancialOs.Data.Torture.Tests.Servers;

/// <summary>
/// A service that is started again whenever it ends, as a service manager does it. It and its directory are gone with this process, however that ends:
/// their shell waits for the end of a pipe.
/// </summary>
internal sealed class SupervisedProcess : IAsyncDisposable
{
    private const string Script = """
        trap '' HUP INT QUIT TERM PIPE
        dir=$1 signal=$2
        shift 2
        supervise() {
            while [ ! -e "$dir/stop" ]; do
                setsid "$@" >>"$dir/log" 2>&1 &
                echo $! >"$dir/pid"
                wait $!
            done
        }
        supervise "$@" </dev/null &
        supervisor=$!
        read -r _
        : >"$dir/stop"
        { while :; do kill -s "$signal" "$(cat "$dir/pid")"; sleep 0.05; done; } >/dev/null 2>&1 &
        stopper=$!
        wait "$supervisor"
        kill -s KILL "$stopper"
        rm -rf "$dir"
        """;

    private readonly Process _shell;
    private readonly string _directory;

    private SupervisedProcess(Process shell, string directory) => (_shell, _directory) = (shell, directory);

    /// <summary>What it has said so far.</summary>
    public string Log => File.ReadAllText(Path.Combine(_directory, "log"));

    /// <param name="directory">Its own; removed at the end.</param>
    /// <param name="user">Whom it runs as, where this process may choose: neither postgres nor PgBouncer runs as root.</param>
    /// <param name="stopSignal">Ends it at once.</param>
    /// <param name="command">Program and arguments.</param>
    public static async Task<SupervisedProcess> StartAsync(string directory, string user, string stopSignal, params string[] command)
    {
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "-R", user, directory);
        var shell = Process.Start(StartInfo(user, "/bin/sh", ["-c", Script, "sh", directory, stopSignal, .. command]))!;
        while (!File.Exists(Path.Combine(directory, "pid")))
            await Task.Delay(10);
        return new SupervisedProcess(shell, directory);
    }

    /// <summary>Runs a program to its end, as another user where this process may choose.</summary>
    public static async Task<string> RunAsUserAsync(string user, string program, params string[] arguments)
    {
        var start = StartInfo(user, program, arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException($"{program}: {await error}");
    }

    public static Task<string> RunAsync(string program, params string[] arguments) => RunAsUserAsync("", program, arguments);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The supervisor starts it again when the signal has ended it.</summary>
    public async Task SignalAsync(string signal)
    {
        try
        {
            await RunAsync("kill", "-s", signal, (await File.ReadAllTextAsync(Path.Combine(_directory, "pid"))).Trim());
        }
        catch (InvalidOperationException)
        {
            // Between its end and its next start.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static ProcessStartInfo StartInfo(string user, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, WorkingDirectory = "/" };
        if (Environment.IsPrivilegedProcess)
            start.UserName = user;
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
