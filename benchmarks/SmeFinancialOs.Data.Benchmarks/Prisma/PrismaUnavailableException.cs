namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>This machine cannot run the program: no fault of the suite's, which goes on without it.</summary>
internal sealed class PrismaUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
