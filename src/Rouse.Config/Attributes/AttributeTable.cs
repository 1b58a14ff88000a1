using System;
using System.Collections.Generic;
using Rouse.Config.Text;
using static Rouse.Config.Attributes.Arity;
using static Rouse.Config.Attributes.Operators;
using static Rouse.Config.Attributes.Places;
using Definition = Rouse.Config.Model.ServiceDefinition;
using Id = Rouse.Config.Attributes.AttributeId;

namespace Rouse.Config.Attributes;

/// <summary>Every attribute, one row each.</summary>
public static class AttributeTable
{
    private static readonly AttributeRow[] Table =
    [
        new("id", Id.Id, One, SetOnce, Service, ServerValues.Id, nameof(Definition.Id)),
        new("type", Id.Type, OneOrMore, SetOnce, Service, WordValues.Type, nameof(Definition.Types)),
        new("flags", Id.Flags, OneOrMore, SetOnce, Service, WordValues.Flags, nameof(Definition.Flags)),
        new("disable", Id.Disable, One, SetOnce, Service, WordValues.Disable, ""),
        new("socket_type", Id.SocketType, One, SetOnce, Service, WordValues.SocketType, nameof(Definition.SocketType)),
        new("protocol", Id.Protocol, One, SetOnce, Service, NetworkValues.Protocol, nameof(Definition.Protocol)),
        new("wait", Id.Wait, One, SetOnce, Service, WordValues.Wait, nameof(Definition.Wait)),
        new("user", Id.User, One, SetOnce, Service, ServerValues.User, nameof(Definition.User)),
        new("group", Id.Group, One, SetOnce, Service, ServerValues.Group, nameof(Definition.Group)),
        new("groups", Id.Groups, One, SetOnce, Both, WordValues.Groups, nameof(Definition.Groups)),
        new("instances", Id.Instances, One, SetOnce, Both, NumberValues.Instances, nameof(Definition.Instances)),
        new("per_source", Id.PerSource, One, SetOnce, Both, NumberValues.PerSource, nameof(Definition.PerSource)),
        new("cps", Id.Cps, Two, SetOnce, Both, NumberValues.Cps, nameof(Definition.Cps)),
        new("max_load", Id.MaxLoad, One, SetOnce, Both, NumberValues.MaxLoad, nameof(Definition.MaxLoad)),
        new("nice", Id.Nice, One, SetOnce, Service, NumberValues.Nice, nameof(Definition.Nice)),
        new("umask", Id.Umask, One, SetOnce, Both, NumberValues.Umask, nameof(Definition.Umask)),
        new("server", Id.Server, One, SetOnce, Service, ServerValues.Server, nameof(Definition.Server)),
        new("server_args", Id.ServerArgs, OneOrMore, SetOnce, Service, ServerValues.ServerArgs, nameof(Definition.Arguments)),
        new("env", Id.Env, AnyNumber, Cumulative, Service, EnvironmentValues.Env, nameof(Definition.Environment)),
        new("passenv", Id.PassEnv, AnyNumber, Cumulative, Both, EnvironmentValues.PassEnv, nameof(Definition.PassEnvironment)),
        new("port", Id.Port, One, SetOnce, Service, NumberValues.Port, nameof(Definition.Port)),
        new("bind", Id.Bind, One, SetOnce, Both, NetworkValues.Bind, nameof(Definition.BindAddresses)),
        new("interface", Id.Bind, One, SetOnce, Both, NetworkValues.Bind, nameof(Definition.BindAddresses)),
        new("v6only", Id.V6Only, One, SetOnce, Both, WordValues.V6Only, nameof(Definition.V6Only)),
        new("only_from", Id.OnlyFrom, AnyNumber, Cumulative, Both, AddressValues.OnlyFrom, nameof(Definition.OnlyFrom)),
        new("no_access", Id.NoAccess, AnyNumber, Cumulative, Both, AddressValues.NoAccess, nameof(Definition.NoAccess)),
        new("access_times", Id.AccessTimes, OneOrMore, SetOnce, Service, TimeValues.AccessTimes, nameof(Definition.AccessTimes)),
        new("log_type", Id.LogType, OneOrMore, SetOnceForAll, Both, LogValues.LogType, nameof(Definition.LogType)),
        new("log_on_success", Id.LogOnSuccess, AnyNumber, Cumulative, Both, LogValues.OnSuccess, nameof(Definition.LogOnSuccess)),
        new("log_on_failure", Id.LogOnFailure, AnyNumber, Cumulative, Both, LogValues.OnFailure, nameof(Definition.LogOnFailure)),
        new("redirect", Id.Redirect, Two, SetOnce, Service, NetworkValues.Redirect, nameof(Definition.Redirect)),
        new("banner", Id.Banner, One, SetOnce, Both, ServerValues.Banner, nameof(Definition.Banner)),
        new("banner_success", Id.BannerSuccess, One, SetOnce, Both, ServerValues.BannerSuccess, nameof(Definition.BannerSuccess)),
        new("banner_fail", Id.BannerFail, One, SetOnce, Both, ServerValues.BannerFail, nameof(Definition.BannerFail)),
        new("deny_time", Id.DenyTime, One, SetOnce, Service, TimeValues.DenyTime, nameof(Definition.DenyTime)),
        new("rlimit_as", Id.RlimitAs, One, SetOnce, Service, NumberValues.ByteLimit, nameof(Definition.ResourceLimits)),
        new("rlimit_cpu", Id.RlimitCpu, One, SetOnce, Service, NumberValues.PlainLimit, nameof(Definition.ResourceLimits)),
        new("rlimit_data", Id.RlimitData, One, SetOnce, Service, NumberValues.ByteLimit, nameof(Definition.ResourceLimits)),
        new("rlimit_files", Id.RlimitFiles, One, SetOnce, Service, NumberValues.ByteLimit, nameof(Definition.ResourceLimits)),
        new("rlimit_rss", Id.RlimitRss, One, SetOnce, Service, NumberValues.ByteLimit, nameof(Definition.ResourceLimits)),
        new("rlimit_stack", Id.RlimitStack, One, SetOnce, Service, NumberValues.ByteLimit, nameof(Definition.ResourceLimits)),
        new("rpc_version", Id.RpcVersion, One, SetOnce, Service, NumberValues.RpcVersion, nameof(Definition.RpcVersionLow)),
        new("rpc_number", Id.RpcNumber, One, SetOnce, Service, NumberValues.RpcNumber, nameof(Definition.RpcNumber)),
        new("libwrap", Id.Libwrap, One, SetOnce, Service, ServerValues.Libwrap, nameof(Definition.Libwrap)),
        new("mdns", Id.Mdns, AnyNumber, SetOnce, Service, WordValues.Mdns, ""),
        new("enabled", Id.Enabled, AnyNumber, Cumulative, Defaults, WordValues.Enabled, ""),
        new("disabled", Id.Disabled, AnyNumber, Cumulative, Defaults, WordValues.Disabled, ""),
        new("start", Id.Start, OneOrMore, SetOnce, Service, StartValues.Start, nameof(Definition.Start)) { IsOwn = true },
        new("backend", Id.Backend, Two, SetOnce, Service, StartValues.Backend, nameof(Definition.Start)) { IsOwn = true },
        new("idle_timeout", Id.IdleTimeout, One, SetOnce, Service, StartValues.IdleTimeout, nameof(Definition.Start)) { IsOwn = true },
        new("start_timeout", Id.StartTimeout, One, SetOnce, Service, StartValues.StartTimeout, nameof(Definition.Start)) { IsOwn = true },
        new("wake", Id.Wake, One, SetOnce, Service, StartValues.Wake, nameof(Definition.Start)) { IsOwn = true },
    ];

    public static IReadOnlyList<AttributeRow> Rows => Table;

    internal static AttributeRow? Find(ReadOnlySpan<byte> name)
    {
        foreach (AttributeRow row in Table)
        {
            if (name.Is(row.Name))
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The first row for an attribute.</summary>
    internal static AttributeRow RowOf(AttributeId id) => System.Array.Find(Table, row => row.Id == id)!;

    /// <summary>The name of the first row for an attribute.</summary>
    internal static string NameOf(AttributeId id) => RowOf(id).Name;
}
