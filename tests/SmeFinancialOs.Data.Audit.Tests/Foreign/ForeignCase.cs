namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>
/// A schema in the style of other projects, in our own words, and what a person says of it. $web is the login of the app, $role a role that it may take. Holes:
/// objects through which a tenant reaches another's rows. Reached: those that the probe has to get through; the others take a setting or a tenant that it does
/// not make up. Fixed: those that a proved fix closes; the others need a person.
/// </summary>
internal sealed record ForeignCase(string Name, string Sql)
{
    public string TenantColumn { get; init; } = "tenant_id";

    public string[] OtherTenantColumns { get; init; } = [];

    public string TenantSetting { get; init; } = "app.tenant";

    public string? Context { get; init; }

    public MembershipTable? Membership { get; init; }

    public string[] TenantRoles { get; init; } = [];

    public string[] Schemas { get; init; } = ["public"];

    public string[] Holes { get; init; } = [];

    public string[] Reached { get; init; } = [];

    public string[] Fixed { get; init; } = [];

    internal static IReadOnlyList<ForeignCase> All { get; } =
    [
        RailsCase.Case, DjangoCase.Case, SupabaseCase.Case, PrismaCase.Case, PostgrestCase.Case, NestedCase.Case, EventsCase.Case, TemplatesCase.Case,
        HasuraCase.Case, LaravelCase.Case,
    ];
}
