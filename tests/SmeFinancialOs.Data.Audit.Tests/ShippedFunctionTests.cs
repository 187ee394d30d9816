using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Shipped;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>The audit knows the functions of sql/ by hashes in ShippedFunctions.cs, which these tests write when SME_DATA_WRITE_SHIPPED=1.</summary>
public sealed partial class ShippedFunctionTests
{
    /// <summary>A function of the log belongs to the seal's schema: the seal does not hold without it.</summary>
    private const string LogFunction = "app_seal.admits_entry";

    private static readonly string SqlFolder = Path.Combine(RepositoryRoot.Folder, "sql");

    private static readonly string DataFile = Path.Combine(RepositoryRoot.Folder, "src/SmeFinancialOs.Data.Audit/Shipped/ShippedFunctions.cs");

    [Fact]
    public void Shipped_functions_are_those_of_the_scripts()
    {
        var scripts = Directory.EnumerateFiles(SqlFolder, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(FunctionsOf).ToList();
        var guard = scripts.Where(function => function.Script.StartsWith("sql/guard/", StringComparison.Ordinal));
        var seal = scripts.Where(function => function.Script.StartsWith("sql/seal/", StringComparison.Ordinal));
        var text = Write(guard, seal.Append(scripts.Last(function => function.Name == LogFunction)));
        if (Environment.GetEnvironmentVariable("SME_DATA_WRITE_SHIPPED") == "1")
            File.WriteAllText(DataFile, text);
        File.ReadAllText(DataFile).ReplaceLineEndings("\n").Should().Be(text,
            "a function of sql/ has changed: run this test once with SME_DATA_WRITE_SHIPPED=1 and commit the file");
    }

    [Fact]
    public void Default_role_names_are_those_of_the_schema()
    {
        var roles = new SchemaRoles();
        DefaultRoles.All.Should().Equal(roles.Owner, roles.Tenant, roles.Demo, roles.Admin, roles.AppLogin, roles.AdminLogin, roles.Sealer,
            roles.Resolver, roles.ResolverOwner);
    }

    [Theory]
    [InlineData("BEGIN PERFORM 1; SET ROLE my_owner; END", true)]
    [InlineData("BEGIN  PERFORM 1;\n SET ROLE app_owner; END", true)]
    [InlineData("BEGIN PERFORM 2; SET ROLE app_owner; END", false)]
    [InlineData("BEGIN SET ROLE app_owner; END", false)]
    public void Only_role_names_and_white_space_may_differ(string body, bool isSame)
    {
        var shipped = ShippedFunction.Read("sql/x.sql", "app.f", definer: true, "BEGIN PERFORM 1; SET ROLE app_owner; END");
        shipped.IsSame(Installed(body, definer: true, "search_path=pg_catalog, pg_temp")).Should().Be(isSame);
    }

    [Fact]
    public void Function_without_security_definer_or_a_pinned_search_path_is_not_the_shipped_one()
    {
        var shipped = ShippedFunction.Read("sql/x.sql", "app.f", definer: true, "SELECT 1");
        shipped.IsSame(Installed("SELECT 1", definer: false, "search_path=pg_catalog, pg_temp")).Should().BeFalse();
        shipped.IsSame(Installed("SELECT 1", definer: true, "search_path=pg_catalog")).Should().BeFalse();
    }

    private static Function Installed(string body, bool definer, string setting) =>
        new(1, 1, "f", "app.f", "app.f()", 10, definer, false, 's', 0, "void", [setting], body, false, "plpgsql", null, false);

    private static IEnumerable<ShippedFunction> FunctionsOf(string file)
    {
        var script = "sql/" + Path.GetRelativePath(SqlFolder, file).Replace('\\', '/');
        return Created().Matches(File.ReadAllText(file)).Select(match => ShippedFunction.Read(script, match.Groups["name"].Value,
            match.Groups["head"].Value.Contains("SECURITY DEFINER", StringComparison.Ordinal), match.Groups["body"].Value));
    }

    private static string Write(IEnumerable<ShippedFunction> guard, IEnumerable<ShippedFunction> seal) =>
        $$"""
        namespace SmeFinancialOs.Data.Audit.Shipped;

        /// <summary>Generated from sql/ by ShippedFunctionTests, which compares it; CONTRIBUTING.md says how. Do not edit it.</summary>
        internal static class ShippedFunctions
        {
            internal static IReadOnlyList<ShippedFunction> Guard { get; } =
            [
        {{Rows(guard)}}    ];

            internal static IReadOnlyList<ShippedFunction> Seal { get; } =
            [
        {{Rows(seal)}}    ];
        }

        """;

    private static string Rows(IEnumerable<ShippedFunction> functions)
    {
        var text = new StringBuilder();
        foreach (var function in functions)
        {
            var definer = function.Definer ? "true" : "false";
            text.Append(CultureInfo.InvariantCulture, $"        new(\"{function.Script}\", \"{function.Name}\", {definer}, {function.Words},\n");
            var parts = function.RoleWords.Chunk(20).Select(indexes => string.Join(", ", indexes)).Prepend($"\"{function.Hash}\"");
            text.Append(CultureInfo.InvariantCulture, $"            {string.Join(",\n            ", parts)}),\n");
        }
        return text.ToString();
    }

    [GeneratedRegex(@"CREATE OR REPLACE FUNCTION (?<name>[\w.]+)\((?<head>.*?)AS \$function\$(?<body>.*?)\$function\$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Created();
}
