// The article's own stack, measured beside the C# peers of the benchmark suite. README.md has the protocol.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/index.js";

// As its users deploy it: otherwise Prisma takes a stack trace with every call, for prettier errors.
process.env.NODE_ENV = "production";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
// The parent is gone: nobody is left to answer, and a query that hangs must not keep this process.
process.stdout.on("error", () => process.exit(1));
process.stdin.once("end", () => setTimeout(() => process.exit(1), 2000).unref());

const { twin, tenant, organization, poolSize } = JSON.parse((await lines.next()).value);
const unprotected = connect(twin, "bench");
const isolated = connect(tenant, "public");
const extended = forOrganization(isolated, organization);

const newest = { orderBy: [{ issuedAt: "desc" }, { id: "asc" }], take: 50 };
const ways = {
  unprotected: () => unprotected.invoice.findMany({ where: { orgId: organization }, ...newest }),
  extension: () => extended.invoice.findMany(newest),
};

const commands = {
  versions: () => ({ node: process.versions.node, prisma: createRequire(import.meta.url)("@prisma/client/package.json").version }),

  rows: async ({ way }) => ({ rows: (await wayNamed(way)()).map((row) => ({ ...row, amountCents: row.amountCents.toString() })) }),

  measure: async ({ way, calls }) => {
    const call = wayNamed(way);
    const nanoseconds = [];
    for (let i = 0; i < calls; i++) {
      const start = process.hrtime.bigint();
      await call();
      nanoseconds.push(Number(process.hrtime.bigint() - start));
    }
    return { nanoseconds };
  },
};

for await (const line of lines) {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
await Promise.all([unprotected.$disconnect(), isolated.$disconnect()]);

async function answer(line) {
  try {
    const { command, ...options } = JSON.parse(line);
    if (!Object.hasOwn(commands, command)) throw new Error(`There is no command ${command}.`);
    return await commands[command](options);
  } catch (fault) {
    // Prisma's messages have several lines.
    return { error: fault.message.replace(/\s+/g, " ").trim() };
  }
}

function wayNamed(way) {
  if (!Object.hasOwn(ways, way)) throw new Error(`There is no way ${way}.`);
  return ways[way];
}

function connect(login, schema) {
  // The adapter drops the offset of a timestamptz and takes the rest for UTC, so the session has to be in UTC.
  const pool = { ...login, max: poolSize, options: "-c TimeZone=UTC" };
  return new PrismaClient({ adapter: new PrismaPg(pool, { schema }) });
}

// The article's extension with its mistakes taken out: the settings in the transaction of the query, and the role that the policies are for.
function forOrganization(prisma, org) {
  return prisma.$extends({
    query: {
      $allModels: {
        $allOperations: async ({ args, query }) => {
          const [, result] = await prisma.$transaction([
            prisma.$executeRaw`SELECT set_config('app.current_org_id', ${org}, true), set_config('role', 'tenant_role', true)`,
            query(args),
          ]);
          return result;
        },
      },
    },
  });
}
