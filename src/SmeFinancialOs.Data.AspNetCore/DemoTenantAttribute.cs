namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>Visitors who have not signed in see the demo organization; users see their own.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DemoTenantAttribute : Attribute, ITenantEndpointMetadata
{
    /// <summary>Whether users see the demo organization too.</summary>
    public bool Always { get; set; }
}
