using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>A throwaway server from binaries that are installed on this machine.</summary>
internal sealed partial class LocalBinariesWay : ServerWay
{
    public override PostgresServerKind Kind => PostgresServerKind.LocalBinaries;

    public override string Name => "local";

    public override string HowToTurnOn =>
        $"install PostgreSQL {ServerCheck.OldestMajorVersion} or later (Debian: apt-get install postgresql), "
        + $"or set {EnvironmentVariables.BinariesDirectory} to the folder of postgres and initdb. Not on Windows.";

    public override bool IsAskedFor(ServerRequest request) => request.BinariesDirectory is not null;

    public override async Task<StartedServer> StartAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw new WayUnavailableException("not offered on Windows.");
        var seen = new List<string>();
        foreach (var folder in request.BinariesDirectory is { } named ? [named] : BinariesFolders.Find())
        {
            var (version, said) = await ReadVersionAsync(folder, cancellationToken).ConfigureAwait(false);
            if (version >= ServerCheck.OldestMajorVersion)
                return await ThrowawayServer.StartAsync(Kind, Path.GetFullPath(folder), request, cancellationToken).ConfigureAwait(false);
            seen.Add($"{folder}: {said}");
        }

        throw new WayUnavailableException(seen.Count == 0
            ? $"{EnvironmentVariables.BinariesDirectory} is not set, and neither PATH nor the usual folders hold postgres and initdb."
            : string.Join("\n", seen));
    }

    private static async Task<(int Major, string Said)> ReadVersionAsync(string folder, CancellationToken cancellationToken)
    {
        if (!BinariesFolders.HoldsBinaries(folder))
            return (0, "postgres and initdb are not there.");
        try
        {
            var start = new ProcessStartInfo(Path.Combine(folder, "postgres"), ["--version"]);
            var (_, output, error) = await Executables.RunAsync(start, cancellationToken).ConfigureAwait(false);
            var match = VersionOutput().Match(output);
            return match.Success
                ? (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture),
                    $"{output.Trim()}; {ServerCheck.OldestMajorVersion} is the oldest that will do.")
                : (0, $"postgres --version said \"{(output + error).Trim()}\".");
        }
        catch (Win32Exception fault)
        {
            return (0, fault.Message);
        }
    }

    /// <summary>postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1), postgres (PostgreSQL) 19devel.</summary>
    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionOutput();
}
