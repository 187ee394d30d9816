namespace SmeFinancialOs.Data.Audit.Probing;

internal sealed record ProbeFunction(uint Oid, string Name, string Signature, bool Procedure, uint[] Arguments, int Defaults);
