namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>The running program, or why this machine cannot run it.</summary>
/// <param name="Program">Null when it was skipped.</param>
/// <param name="Skipped">One line for the report; empty when it runs.</param>
internal sealed record PrismaStart(PrismaProgram? Program, string Skipped);
