[assembly: AssemblyFixture(typeof(SharedServerFixture))]
