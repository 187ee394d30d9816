namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>The endpoint needs no tenant and gets none: a session resolved there fails.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class WithoutTenantAttribute : Attribute, ITenantEndpointMetadata;
