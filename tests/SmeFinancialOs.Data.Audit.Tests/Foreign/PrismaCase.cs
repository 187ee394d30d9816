namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>
/// As a Prisma project has it: quoted names, text ids, a policy for each table and a second one that lets everything pass for whoever says so.
/// </summary>
internal static class PrismaCase
{
    internal static ForeignCase Case { get; } = new("Prisma", """
        CREATE TABLE "Company" ("id" TEXT NOT NULL, "name" TEXT NOT NULL, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
            CONSTRAINT "Company_pkey" PRIMARY KEY ("id"));
        CREATE TABLE "User" ("id" TEXT NOT NULL, "companyId" TEXT NOT NULL, "email" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("companyId", "id"));
        CREATE TABLE "Project" ("id" TEXT NOT NULL, "companyId" TEXT NOT NULL, "title" TEXT NOT NULL, "ownerId" TEXT NOT NULL,
            CONSTRAINT "Project_pkey" PRIMARY KEY ("companyId", "id"));
        CREATE UNIQUE INDEX "User_companyId_email_key" ON "User"("companyId", "email");
        ALTER TABLE "User" ADD CONSTRAINT "User_companyId_fkey" FOREIGN KEY ("companyId") REFERENCES "Company"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
        ALTER TABLE "Project" ADD CONSTRAINT "Project_companyId_fkey" FOREIGN KEY ("companyId") REFERENCES "Company"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
        ALTER TABLE "Project" ADD CONSTRAINT "Project_owner_fkey" FOREIGN KEY ("companyId", "ownerId") REFERENCES "User"("companyId", "id") ON DELETE RESTRICT;
        GRANT SELECT, INSERT, UPDATE, DELETE ON "User", "Project" TO $web; GRANT SELECT ON "Company" TO $web;
        ALTER TABLE "Company" ENABLE ROW LEVEL SECURITY; ALTER TABLE "User" ENABLE ROW LEVEL SECURITY; ALTER TABLE "Project" ENABLE ROW LEVEL SECURITY;
        ALTER TABLE "Company" FORCE ROW LEVEL SECURITY; ALTER TABLE "User" FORCE ROW LEVEL SECURITY; ALTER TABLE "Project" FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant_isolation_policy ON "Company" USING ("id" = current_setting('app.current_company_id', TRUE)::text);
        CREATE POLICY tenant_isolation_policy ON "User" USING ("companyId" = current_setting('app.current_company_id', TRUE)::text);
        CREATE POLICY tenant_isolation_policy ON "Project" USING ("companyId" = current_setting('app.current_company_id', TRUE)::text);
        CREATE POLICY bypass_rls_policy ON "Project" USING (current_setting('app.bypass_rls', TRUE)::text = 'on');
        """)
    {
        TenantColumn = "companyId",
        Context = "set_config('app.current_company_id', :tenant, true)",
        Holes = ["public.\"Project\""],
    };
}
