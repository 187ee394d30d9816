namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Kind is the letter of pg_type: b base, c composite, d domain, e enum, r range, m multirange. Below: the base, element, subtype or fields.</summary>
internal sealed record ProbeType(uint Oid, string Name, char Kind, uint[] Below, bool Array, string[] Labels, string Checks);
