using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>
/// Roles are listed once, in 0001_roles.sql (those of resolvers in 0008_resolvers.sql), and a setting is read by one file. For policies, see
/// ProtectionUpgradeTests.
/// </summary>
public sealed partial class SingleDefinitionTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private static readonly string[] Roles = ["app_owner", "app_user", "admin_user", "tenant_role", "demo_role", "admin_role"];

    /// <summary>A privilege of the roles of contexts says who has it, and is no list of the roles.</summary>
    private static readonly string[] ContextRoles = ["tenant_role", "demo_role", "admin_role"];

    [Fact]
    public void Roles_are_listed_in_one_file_and_once_more_where_no_function_of_the_owner_may_be_called() =>
        Lists().Where(list => !list.Roles.All(ContextRoles.Contains)).Select(list => list.Script).Should()
            .Equal(["migrations/0001_roles.sql", "migrations/0003_seal_keys.sql"], "other files ask app.role_names()");

    [Fact]
    public void Both_lists_name_all_roles() =>
        Lists().Where(list => !list.Roles.All(ContextRoles.Contains)).Should().OnlyContain(list => Roles.All(role => list.Roles.Contains(role)));

    [Fact]
    public async Task Role_names_are_those_of_the_options()
    {
        var roles = new SchemaRoles();
        Roles.Should().BeEquivalentTo(roles.All.Select(role => role.Name).Except([roles.Sealer, roles.Resolver, roles.ResolverOwner]));
        await using var superuser = await database.OpenAsync();
        (await superuser.ListAsync<string>("SELECT unnest(app.role_names())")).Should().BeEquivalentTo(Roles.Except([roles.Owner]).Append(roles.Resolver));
    }

    /// <summary>
    /// The plain functions of the context read organization, user and roles. The seal replaces them, and compares what they say with what was signed.
    /// </summary>
    [Fact]
    public void Settings_are_read_where_they_are_defined() =>
        Scripts().SelectMany(script => Setting().Matches(script.Text).Select(match => $"{script.Name} {match.Groups[1].Value}")).Distinct().Should().Equal(
            "migrations/0006_tenant_id.sql app.tenant_type",
            "objects/context.sql app.current_org_id", "objects/context.sql app.current_user_id", "objects/context.sql app.current_roles",
            "objects/maintenance.sql app.maintenance", "objects/seal_keys.sql app.current_user_id",
            "objects/add_tenant_column.sql app.maintenance", // to put it back
            "seal/sealed_context.sql app.current_org_id", "seal/sealed_context.sql app.current_user_id", "seal/sealed_context.sql app.current_roles",
            "seal/sealed_context.sql app.context_token");

    /// <summary>In C#: one file, which Data and Audit compile, has the names that sql/ reads. Shipped functions are called by such a name, too.</summary>
    [Fact]
    public void Names_of_the_settings_stand_in_one_source_file()
    {
        var folder = Path.Combine(RepositoryRoot.Folder, "src");
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.EndsWith("/ShippedFunctions.cs", StringComparison.Ordinal));
        var literals = files.SelectMany(file => SettingLiteral().Matches(File.ReadAllText(Path.Combine(folder, file))),
            (file, match) => $"{file} {match.Groups[1].Value}");
        literals.Should().BeEquivalentTo(
            ["SmeFinancialOs.Data/Sessions/SettingNames.cs app.current_org_id", "SmeFinancialOs.Data/Sessions/SettingNames.cs app.context_token",
                "SmeFinancialOs.Data/Sessions/SettingNames.cs app.current_user_id", "SmeFinancialOs.Data/Sessions/SettingNames.cs app.current_roles",
                "SmeFinancialOs.Data/Sessions/SettingNames.cs app.maintenance", "SmeFinancialOs.Data.Schema/TenantIdDomain.cs app.tenant_type"]);
    }

    /// <summary>Three or more different roles in one list: nothing but punctuation, or a few words of a row of values, between one and the next.</summary>
    private static IEnumerable<(string Script, HashSet<string> Roles)> Lists() =>
        from script in Scripts()
        from Match list in List().Matches(script.Text)
        let roles = list.Groups["role"].Captures.Select(role => role.Value).ToHashSet()
        where roles.Count > 2
        select (script.Name, roles);

    private static IEnumerable<(string Name, string Text)> Scripts() =>
        EmbeddedScripts.All.Concat(EmbeddedScripts.Guard).Concat(EmbeddedScripts.Seal).Select(script => (script.Name, Comment().Replace(script.Contents, "")));

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(?<role>app_owner|app_user|admin_user|tenant_role|demo_role|admin_role)\b(?:\W+(?:(?:true|false|NULL|LOGIN|NOLOGIN)\W+)*"
        + @"(?<role>app_owner|app_user|admin_user|tenant_role|demo_role|admin_role)\b)+")]
    private static partial Regex List();

    [GeneratedRegex("['\"](app\\.(?:current_org_id|current_user_id|current_roles|context_token|maintenance|tenant_type))['\"]")]
    private static partial Regex SettingLiteral();

    [GeneratedRegex(@"current_setting\('(app\.\w+)'")]
    private static partial Regex Setting();
}
