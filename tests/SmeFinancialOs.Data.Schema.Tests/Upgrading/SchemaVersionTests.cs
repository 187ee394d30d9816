using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>
/// The number of the schema goes up with every change of sql/: by it a host finds a database that lacks the change, and a host that was rolled back leaves a
/// newer database alone. schema-version.txt has the number and a hash of sql/, which these tests write when SME_DATA_WRITE_SCHEMA_VERSION=1.
/// </summary>
public sealed partial class SchemaVersionTests
{
    private const string HowToRecord = """
        Do this:
          1. raise the number in sql/objects/schema_version.sql, and ExpectedVersion in src/SmeFinancialOs.Data/Logins/SchemaCheck.cs
          2. run this class once with SME_DATA_WRITE_SCHEMA_VERSION=1 (CONTRIBUTING.md, "To change sql/", has the command)
          3. commit schema-version.txt with the change
        """;

    private static readonly string DataFile =
        Path.Combine(RepositoryRoot.Folder, "tests/SmeFinancialOs.Data.Schema.Tests/Upgrading/schema-version.txt");

    /// <summary>The number of sql/objects/schema_version.sql.</summary>
    public static int Number { get; } = NumberIn("sql/objects/schema_version.sql", Returned());

    [Fact]
    public void Changed_sql_has_a_number_of_its_own()
    {
        var (number, hash) = Recorded();
        if (Environment.GetEnvironmentVariable("SME_DATA_WRITE_SCHEMA_VERSION") == "1" && Number > number)
        {
            File.WriteAllText(DataFile, $"{Number} {HashOfSql()}\n");
            (number, hash) = Recorded();
        }

        var isChanged = HashOfSql() != hash;
        if (isChanged && Number == number)
            Assert.Fail($"sql/ has changed, and its number is still {number}. {HowToRecord}");
        if (isChanged || Number != number)
            Assert.Fail($"The number of sql/ is {Number}, and schema-version.txt has {number}. {HowToRecord}");
    }

    [Fact]
    public void Library_expects_the_number_of_the_schema() =>
        NumberIn("src/SmeFinancialOs.Data/Logins/SchemaCheck.cs", Expected()).Should().Be(Number, HowToRecord);

    private static (int Number, string Hash) Recorded()
    {
        var parts = File.ReadAllText(DataFile).Split(' ', StringSplitOptions.TrimEntries);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
    }

    private static string HashOfSql()
    {
        var folder = Path.Combine(RepositoryRoot.Folder, "sql");
        var names = Directory.GetFiles(folder, "*.sql", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));
        var text = new StringBuilder();
        foreach (var name in names.Order(StringComparer.Ordinal))
            text.Append(name).Append('\n').Append(File.ReadAllText(Path.Combine(folder, name)).ReplaceLineEndings("\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static int NumberIn(string file, Regex pattern) =>
        int.Parse(pattern.Match(File.ReadAllText(Path.Combine(RepositoryRoot.Folder, file))).Groups["number"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"RETURN (?<number>\d+);")]
    private static partial Regex Returned();

    [GeneratedRegex(@"ExpectedVersion = (?<number>\d+);")]
    private static partial Regex Expected();
}
