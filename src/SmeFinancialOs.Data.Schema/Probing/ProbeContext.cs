using SmeFinancialOs.Data.Schema.Audit;

namespace SmeFinancialOs.Data.Schema.Probing;

// The two tenants of the probe: the one that attacks, and the one whose rows must stay out of reach. SeedRole is null for a superuser, whom no policy binds.
internal sealed class ProbeContext(bool superuser, string setting, string? seedRole, string own, string other)
{
    public bool Superuser => superuser;

    public string Setting => setting;

    public string Own => own;

    public string Other => other;

    public IReadOnlyList<string> Tenants { get; } = [own, other];

    // Act for a tenant in good faith: to seed, to tidy, to look.
    public IReadOnlyList<string> Enter(string tenant) => [$"SELECT set_config('role', {Identifier.Literal(seedRole ?? "none")}, true), set_config({Identifier.Literal(setting)}, {Identifier.Literal(tenant)}, true)"];

    public IReadOnlyList<string> Leave { get; } = [$"SELECT set_config('role', 'none', true), set_config({Identifier.Literal(setting)}, '', true)"];
}
