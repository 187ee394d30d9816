using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// Who asks, in a state of the settings. IsApp: it may see its own tenant alone. The others are operators and owners, who keep all that they have.
/// </summary>
internal sealed record ProofIdentity(Actor Actor, bool IsApp)
{
    public string State => Actor.Tenant switch { null => "no tenant was ever set", "" => "the tenant has ended", _ => "a tenant is set" };

    /// <summary>A role of a demo reads the demo's rows alone, whatever tenant is set.</summary>
    public bool HasTenant => !string.IsNullOrEmpty(Actor.Tenant) && !Actor.Demo;
}
