namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>What an endpoint says about its tenant; the last one counts, so that an endpoint has the last word over its group.</summary>
internal interface ITenantEndpointMetadata;
