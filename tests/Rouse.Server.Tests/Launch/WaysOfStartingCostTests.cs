using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Launch;

/// <summary>What <c>start</c> needs is made for those who use it: to everybody else the other ways of starting cost no object.</summary>
public sealed class WaysOfStartingCostTests
{
    private static readonly string[] Rooms = ["Rouse.Server.Warm", "Rouse.Server.Backends", "Rouse.Server.Resident", "Rouse.Linux.Tracing"];

    private static readonly ServiceDefinition[] Usual =
    [
        Given.External(2000),
        Given.External(2001, "wait") with { Wait = true },
        Given.BuiltIn(BuiltInService.Echo, 2002),
        Given.BuiltIn(BuiltInService.Daytime, 2003),
    ];

    [Fact]
    public void Services_without_a_start_of_their_own_make_nothing_of_the_other_ways()
    {
        Given.World world = Given.Running(Usual);
        Assert.Empty(Made(world));
        for (int i = 0; i < 20; i++)
        {
            world.Connect();
            world.End(world.System.LastPid);
        }

        Assert.Equal(20, world.System.SpawnCount);
        Assert.Empty(Made(world));
    }

    [Theory]
    [InlineData(StartKind.Warm, "Rouse.Server.Warm.WarmRoom")]
    [InlineData(StartKind.Resident, "Rouse.Server.Resident.ResidentServer")]
    [InlineData(StartKind.OnDemandResident, "Rouse.Server.Backends.Backend")]
    public void A_service_with_one_makes_what_it_needs(StartKind kind, string type)
    {
        ServiceDefinition other = Given.External(2004, "other") with
        {
            Flags = ServiceFlags.IPv4,
            Wait = kind == StartKind.Resident,
            Start = new StartMode
            {
                Kind = kind,
                Backend = kind == StartKind.OnDemandResident ? new RedirectTarget("127.0.0.1", IpAddress.FromV4(0x7f000001), 8080) : default,
            },
        };
        Assert.Contains(type, Made(Given.Running([.. Usual, other])));
    }

    /// <summary>The classes of those rooms of which the keeper holds an object, directly or not.</summary>
    private static SortedSet<string> Made(Given.World world)
    {
        SortedSet<string> made = new(StringComparer.Ordinal);
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance) { world.Keeper };
        Queue<object> rest = new([world.Keeper]);
        int ours = 0;
        while (rest.TryDequeue(out object? found))
        {
            Type type = found.GetType();
            ours += type.Assembly == typeof(Keeper).Assembly ? 1 : 0;
            if (!type.IsValueType && type.Assembly != typeof(WaysOfStartingCostTests).Assembly && Rooms.Contains(type.Namespace))
            {
                made.Add(type.FullName!);
            }

            foreach (object part in Parts(found, type))
            {
                if (part.GetType().IsValueType || seen.Add(part))
                {
                    rest.Enqueue(part);
                }
            }
        }

        Assert.True(ours > 20, "the walk has not come far");
        return made;
    }

    private static IEnumerable<object> Parts(object found, Type type)
    {
        if (found is string or MemberInfo or Pointer || type.IsPrimitive || type.IsEnum)
        {
            return [];
        }

        return found is Array array
            ? array.Cast<object?>().OfType<object>()
            : Fields(type).Select(field => field.GetValue(found)).OfType<object>();
    }

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.FieldType.IsPointer && !field.FieldType.IsFunctionPointer && !field.FieldType.IsPrimitive)
                {
                    yield return field;
                }
            }
        }
    }
}
