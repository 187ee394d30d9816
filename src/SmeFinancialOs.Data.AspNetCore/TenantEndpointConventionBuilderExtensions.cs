using SmeFinancialOs.Data.AspNetCore;

// In the namespace of what it extends, so that a host needs no using directive to find it.
#pragma warning disable IDE0130
namespace Microsoft.AspNetCore.Builder;

/// <summary>What endpoints, or groups of them, say about their tenant. Those that say nothing need one; an endpoint has the last word over its group.</summary>
public static class TenantEndpointConventionBuilderExtensions
{
    /// <inheritdoc cref="DemoTenantAttribute"/>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="always">Whether users see the demo organization too.</param>
    public static TBuilder WithDemoTenant<TBuilder>(this TBuilder builder, bool always = false)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new DemoTenantAttribute { Always = always });

    /// <inheritdoc cref="TenantAdminAttribute"/>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="policy">The authorization policy.</param>
    /// <param name="allowWrites">Whether the endpoint may write; otherwise its transactions are read-only.</param>
    public static TBuilder RequireTenantAdmin<TBuilder>(this TBuilder builder, string policy, bool allowWrites = false)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new TenantAdminAttribute(policy) { AllowWrites = allowWrites });

    /// <inheritdoc cref="WithoutTenantAttribute"/>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder WithoutTenant<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new WithoutTenantAttribute());
}
