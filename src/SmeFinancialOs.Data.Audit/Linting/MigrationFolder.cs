using System.Text;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>The SQL files of a folder, in the order in which the tool they are written for would run them.</summary>
internal sealed partial record MigrationFolder(IReadOnlyList<Migration> Migrations, IReadOnlyList<string> Skipped, IReadOnlyList<string> NotSql)
{
    internal static MigrationFolder Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder \"{folder}\".");
        string[] files =
            [.. Directory.EnumerateFiles(folder, "*.sql", new EnumerationOptions { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive })
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))];
        var plan = Path.Combine(folder, "sqitch.plan");
        IReadOnlyList<string> ordered = File.Exists(plan) ? SqitchPlan.Order(File.ReadAllLines(plan), files)
            : FlywayVersion.Order(files.Where(file => !Undoes().IsMatch(file)));
        var notSql = CodeMigrations.In(folder);
        if (ordered.Count == 0)
        {
            throw new MigrationLintException($"The folder \"{folder}\" holds no SQL migration: files that end in .sql and do not only undo others. "
                + string.Join(' ', notSql.Select(code => $"It holds {code}")));
        }

        return new([.. ordered.Select(file => new Migration(file, MigrationSections.WithoutDown(ReadText(folder, file))))],
            [.. files.Except(ordered).Order(NaturalOrder.Instance)], notSql);
    }

    private static string ReadText(string folder, string file)
    {
        try
        {
            // A byte order mark says otherwise; without one it is UTF-8, and what is not must not turn into question marks.
            using var reader = new StreamReader(Path.Combine(folder, file), new UTF8Encoding(false, throwOnInvalidBytes: true),
                detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException fault)
        {
            throw new MigrationLintException($"{file}: the file is not UTF-8. Save it as UTF-8.", fault) { Migration = file };
        }
    }

    /// <summary>x.down.sql (golang-migrate), down.sql (Diesel), U1__x.sql (Flyway), x.undo.sql, x.rollback.sql, and folders of such files.</summary>
    [GeneratedRegex(@"(^|/)(down|undo|rollback|revert|verify)/|(^|[/._-])(down|undo|rollback|revert)\.sql$|(^|/)U\d[\d._]*__[^/]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Undoes();
}
