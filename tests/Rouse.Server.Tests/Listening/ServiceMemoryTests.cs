using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Listening;

/// <summary>What a service costs that nobody calls. Nothing else runs meanwhile, or its garbage would be counted too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

[Collection(Alone.Name)]
public sealed class ServiceMemoryTests(ITestOutputHelper output)
{
    private const int Services = 2000;

    // Beside its definition and its sockets. A new field is worth its bytes a thousand times: make it when it is first needed.
    private const double MostBytesEach = 680;

    [Fact]
    public void A_service_that_nobody_calls_keeps_few_bytes()
    {
        Given.World world = Given.Running();
        ServiceDefinition[] definitions = [.. Enumerable.Range(0, Services).Select(i => Given.External((ushort)(2000 + i), $"service-{i}"))];
        List<Service> services = new(Services);
        Fill(world, definitions[..2], services);
        services.Clear();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Fill(world, definitions, services);
        double each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Services;
        output.WriteLine($"{each:F0} bytes each");
        Assert.InRange(each, 100, MostBytesEach);
        GC.KeepAlive(services);
        GC.KeepAlive(world);
    }

    private static void Fill(Given.World world, ServiceDefinition[] definitions, List<Service> services)
    {
        AddressSetPool pool = new();
        foreach (ServiceDefinition definition in definitions)
        {
            services.Add(new Service(world.Keeper, definition, AccessPolicy.Compile(definition, pool)));
        }
    }
}
