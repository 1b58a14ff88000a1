using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Launch;

/// <summary>From a service's definition and the daemon's world to what each of its servers is started with (section "server" of
/// xinetd.conf(5): user, group, groups, nice, umask, rlimits, env, passenv).</summary>
internal static class ServerImages
{
    internal const int RLIMIT_NOFILE = 7;

    private static readonly string[] ConnectionNames =
    [
        "PROTO", "TCPLOCALIP", "TCPLOCALPORT", "TCPLOCALHOST", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPREMOTEHOST",
    ];

    internal static ServerImage Build(ServerSpec spec, LaunchBlocks blocks) => new(spec, blocks);

    /// <param name="tellsConnection">See <see cref="KeeperSettings.TellsConnection"/>; only servers of accepted connections have ends to be told.</param>
    internal static ServerSpec Describe(ServiceDefinition definition, ServerWorld world, bool tellsConnection)
    {
        ServerSpec spec = Describe(definition, world);
        return !tellsConnection || definition.Wait ? spec : spec with
        {
            TellsConnection = true,
            Environment = spec.Environment.RemoveAll(static word => Array.IndexOf(ConnectionNames, NameOf(word)) >= 0),
        };
    }

    /// <summary>
    /// Of a server that is given listening sockets in both ways, as descriptors 0 to 2 and after the protocol of sd_listen_fds(3).
    /// </summary>
    public static ServerSpec DescribeListening(ServiceDefinition definition, ServerWorld world, int sockets)
    {
        ServerSpec spec = Describe(definition, world);
        string[] names = new string[sockets];
        Array.Fill(names, SocketName(definition.Id));
        return spec with
        {
            ListenerCount = sockets,
            Environment = spec.Environment.RemoveAll(static word => NameOf(word) is "LISTEN_PID" or "LISTEN_FDS" or "LISTEN_FDNAMES").AddRange(
                string.Create(CultureInfo.InvariantCulture, $"LISTEN_FDS={sockets}"), $"LISTEN_FDNAMES={string.Join(':', names)}"),
        };
    }

    // A name of a socket holds no colon, which ends it, and no control character.
    private static string SocketName(string id) => string.Create(id.Length, id, static (name, id) =>
    {
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = id[i] is ':' or < ' ' or '\x7f' ? '_' : id[i];
        }
    });

    internal static ServerSpec Describe(ServiceDefinition definition, ServerWorld world)
    {
        uint? uid = definition.User?.Uid;
        uint? gid = definition.Group?.Gid ?? definition.User?.Gid;
        return new ServerSpec
        {
            Path = definition.Server,
            Arguments = definition.Arguments,
            Environment = EnvironmentOf(definition, world),

            // A daemon that is not root can only stay who it is; asking for another user then fails at launch and is told.
            Uid = !world.IsRoot && uid == world.Uid ? null : uid,
            Gid = !world.IsRoot && (gid == world.Gid || uid == world.Uid) ? null : gid,
            Groups = world.IsRoot ? definition.SupplementaryGroups : default,
            Umask = definition.Umask,
            Nice = definition.Nice,
            ResourceLimits = LimitsOf(definition, world),
            DefaultSignals = world.DefaultSignals,
            IsLabeled = definition.Flags.HasFlag(ServiceFlags.Labeled),
        };
    }

    private static ImmutableArray<ResourceLimitSpec> LimitsOf(ServiceDefinition definition, ServerWorld world)
    {
        if (definition.ResourceLimits.IsEmpty)
        {
            return world.Limits;
        }

        ImmutableArray<ResourceLimitSpec>.Builder limits = ImmutableArray.CreateBuilder<ResourceLimitSpec>();
        bool filesGiven = false;
        foreach (ResourceLimit limit in definition.ResourceLimits)
        {
            limits.Add(new ResourceLimitSpec(limit.Resource, limit.Value, limit.Value));
            filesGiven |= limit.Resource == RLIMIT_NOFILE;
        }

        if (!filesGiven)
        {
            limits.Add(new ResourceLimitSpec(RLIMIT_NOFILE, world.DescriptorLimit, world.DescriptorLimit));
        }

        return limits.ToImmutable();
    }

    private static ImmutableArray<string> EnvironmentOf(ServiceDefinition definition, ServerWorld world)
    {
        if (definition.PassEnvironment.IsDefault && definition.Environment.IsEmpty)
        {
            return world.ServerEnvironment;
        }

        List<string> words = [];
        foreach (string word in world.Environment)
        {
            if (definition.PassEnvironment.IsDefault || definition.PassEnvironment.Contains(NameOf(word)))
            {
                words.Add(word);
            }
        }

        foreach (string word in definition.Environment)
        {
            string name = NameOf(word);
            words.RemoveAll(known => NameOf(known) == name);
            words.Add(word);
        }

        words.RemoveAll(static word => NameOf(word) == "REMOTE_HOST");
        return [.. words];
    }

    internal static string NameOf(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? word : word[..equals];
    }
}
