using System.Globalization;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>Where packages put the binaries of the server, which most keep out of <c>PATH</c>.</summary>
internal static partial class BinariesFolders
{
    /// <summary>The star stands for the version, alone or in a name.</summary>
    private static readonly (string Parent, string Version, string Bin)[] Usual =
    [
        ("/usr/lib/postgresql", "*", "bin"), // Debian, Ubuntu
        ("/usr", "pgsql-*", "bin"), // the packages of postgresql.org for Red Hat and its kin
        ("/usr/libexec", "postgresql*", ""), // Alpine
        ("/opt/homebrew/opt", "postgresql@*", "bin"),
        ("/usr/local/opt", "postgresql@*", "bin"), // Homebrew on Intel
        ("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
        ("/Library/PostgreSQL", "*", "bin"), // the installer of EDB
        ("/usr/local", "pgsql", "bin"), // make install
    ];

    /// <summary>Those of <c>PATH</c> in its order, then those of the usual folders, the highest version first.</summary>
    public static IEnumerable<string> Find() =>
        Executables.FoldersOnPath("postgres").Concat(UsualFolders()).Where(HoldsBinaries).Distinct();

    public static bool HoldsBinaries(string folder) =>
        File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb"));

    private static IEnumerable<string> UsualFolders() => Usual
        .Where(place => Directory.Exists(place.Parent))
        .SelectMany(place => Directory.GetDirectories(place.Parent, place.Version).Select(folder => Path.Combine(folder, place.Bin)))
        .OrderByDescending(folder => int.TryParse(Digits().Match(folder).Value, CultureInfo.InvariantCulture, out var version) ? version : 0);

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
