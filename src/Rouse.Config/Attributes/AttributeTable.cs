using System;
using System.Collections.Generic;
using System.Text;
using Rouse.Config.Model;
using static Rouse.Config.Attributes.Arity;
using static Rouse.Config.Attributes.Operators;
using static Rouse.Config.Attributes.Places;

namespace Rouse.Config.Attributes;

/// <summary>Every attribute, one row each.</summary>
public static class AttributeTable
{
    private static readonly AttributeRow[] Table =
    [
        new("id", AttributeId.Id, One, SetOnce, Service, ServerValues.Id, nameof(ServiceDefinition.Id)),
        new("type", AttributeId.Type, OneOrMore, SetOnce, Service, WordValues.Type, nameof(ServiceDefinition.Types)),
        new("flags", AttributeId.Flags, OneOrMore, SetOnce, Service, WordValues.Flags, nameof(ServiceDefinition.Flags)),
        new("disable", AttributeId.Disable, One, SetOnce, Service, WordValues.Disable, ""),
        new("socket_type", AttributeId.SocketType, One, SetOnce, Service, WordValues.SocketType, nameof(ServiceDefinition.SocketType)),
        new("protocol", AttributeId.Protocol, One, SetOnce, Service, NetworkValues.Protocol, nameof(ServiceDefinition.Protocol)),
        new("wait", AttributeId.Wait, One, SetOnce, Service, WordValues.Wait, nameof(ServiceDefinition.Wait)),
        new("user", AttributeId.User, One, SetOnce, Service, ServerValues.User, nameof(ServiceDefinition.User)),
        new("group", AttributeId.Group, One, SetOnce, Service, ServerValues.Group, nameof(ServiceDefinition.Group)),
        new("groups", AttributeId.Groups, One, SetOnce, Both, WordValues.Groups, nameof(ServiceDefinition.Groups)),
        new("instances", AttributeId.Instances, One, SetOnce, Both, NumberValues.Instances, nameof(ServiceDefinition.Instances)),
        new("per_source", AttributeId.PerSource, One, SetOnce, Both, NumberValues.PerSource, nameof(ServiceDefinition.PerSource)),
        new("cps", AttributeId.Cps, Two, SetOnce, Both, NumberValues.Cps, nameof(ServiceDefinition.Cps)),
        new("max_load", AttributeId.MaxLoad, One, SetOnce, Both, NumberValues.MaxLoad, nameof(ServiceDefinition.MaxLoad)),
        new("nice", AttributeId.Nice, One, SetOnce, Service, NumberValues.Nice, nameof(ServiceDefinition.Nice)),
        new("umask", AttributeId.Umask, One, SetOnce, Both, NumberValues.Umask, nameof(ServiceDefinition.Umask)),
        new("server", AttributeId.Server, One, SetOnce, Service, ServerValues.Server, nameof(ServiceDefinition.Server)),
        new("server_args", AttributeId.ServerArgs, OneOrMore, SetOnce, Service, ServerValues.ServerArgs, nameof(ServiceDefinition.Arguments)),
        new("env", AttributeId.Env, AnyNumber, Cumulative, Service, EnvironmentValues.Env, nameof(ServiceDefinition.Environment)),
        new("passenv", AttributeId.PassEnv, AnyNumber, Cumulative, Both, EnvironmentValues.PassEnv, nameof(ServiceDefinition.PassEnvironment)),
        new("port", AttributeId.Port, One, SetOnce, Service, NumberValues.Port, nameof(ServiceDefinition.Port)),
        new("bind", AttributeId.Bind, One, SetOnce, Both, NetworkValues.Bind, nameof(ServiceDefinition.BindAddresses)),
        new("interface", AttributeId.Bind, One, SetOnce, Both, NetworkValues.Bind, nameof(ServiceDefinition.BindAddresses)),
        new("v6only", AttributeId.V6Only, One, SetOnce, Both, WordValues.V6Only, nameof(ServiceDefinition.V6Only)),
        new("only_from", AttributeId.OnlyFrom, AnyNumber, Cumulative, Both, AddressValues.OnlyFrom, nameof(ServiceDefinition.OnlyFrom)),
        new("no_access", AttributeId.NoAccess, AnyNumber, Cumulative, Both, AddressValues.NoAccess, nameof(ServiceDefinition.NoAccess)),
        new("access_times", AttributeId.AccessTimes, OneOrMore, SetOnce, Service, TimeValues.AccessTimes, nameof(ServiceDefinition.AccessTimes)),
        new("log_type", AttributeId.LogType, OneOrMore, SetOnceInService, Both, LogValues.LogType, nameof(ServiceDefinition.LogType)),
        new("log_on_success", AttributeId.LogOnSuccess, AnyNumber, Cumulative, Both, LogValues.OnSuccess, nameof(ServiceDefinition.LogOnSuccess)),
        new("log_on_failure", AttributeId.LogOnFailure, AnyNumber, Cumulative, Both, LogValues.OnFailure, nameof(ServiceDefinition.LogOnFailure)),
        new("redirect", AttributeId.Redirect, Two, SetOnce, Service, NetworkValues.Redirect, nameof(ServiceDefinition.Redirect)),
        new("banner", AttributeId.Banner, One, SetOnce, Both, ServerValues.Banner, nameof(ServiceDefinition.Banner)),
        new("banner_success", AttributeId.BannerSuccess, One, SetOnce, Both, ServerValues.BannerSuccess, nameof(ServiceDefinition.BannerSuccess)),
        new("banner_fail", AttributeId.BannerFail, One, SetOnce, Both, ServerValues.BannerFail, nameof(ServiceDefinition.BannerFail)),
        new("deny_time", AttributeId.DenyTime, One, SetOnce, Service, TimeValues.DenyTime, nameof(ServiceDefinition.DenyTime)),
        new("rlimit_as", AttributeId.RlimitAs, One, SetOnce, Service, NumberValues.ByteLimit, nameof(ServiceDefinition.ResourceLimits)),
        new("rlimit_cpu", AttributeId.RlimitCpu, One, SetOnce, Service, NumberValues.PlainLimit, nameof(ServiceDefinition.ResourceLimits)),
        new("rlimit_data", AttributeId.RlimitData, One, SetOnce, Service, NumberValues.ByteLimit, nameof(ServiceDefinition.ResourceLimits)),
        new("rlimit_files", AttributeId.RlimitFiles, One, SetOnce, Service, NumberValues.ByteLimit, nameof(ServiceDefinition.ResourceLimits)),
        new("rlimit_rss", AttributeId.RlimitRss, One, SetOnce, Service, NumberValues.ByteLimit, nameof(ServiceDefinition.ResourceLimits)),
        new("rlimit_stack", AttributeId.RlimitStack, One, SetOnce, Service, NumberValues.ByteLimit, nameof(ServiceDefinition.ResourceLimits)),
        new("rpc_version", AttributeId.RpcVersion, One, SetOnce, Service, NumberValues.RpcVersion, nameof(ServiceDefinition.RpcVersionLow)),
        new("rpc_number", AttributeId.RpcNumber, One, SetOnce, Service, NumberValues.RpcNumber, nameof(ServiceDefinition.RpcNumber)),
        new("libwrap", AttributeId.Libwrap, One, SetOnce, Service, ServerValues.Libwrap, nameof(ServiceDefinition.Libwrap)),
        new("mdns", AttributeId.Mdns, AnyNumber, SetOnce, Service, WordValues.Mdns, ""),
        new("enabled", AttributeId.Enabled, AnyNumber, Cumulative, Defaults, WordValues.Enabled, ""),
        new("disabled", AttributeId.Disabled, AnyNumber, Cumulative, Defaults, WordValues.Disabled, ""),
    ];

    public static IReadOnlyList<AttributeRow> Rows => Table;

    internal static AttributeRow? Find(ReadOnlySpan<byte> name)
    {
        foreach (AttributeRow row in Table)
        {
            if (Ascii.Equals(name, row.Name))
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The name of the first row for an attribute.</summary>
    internal static string NameOf(AttributeId id)
    {
        foreach (AttributeRow row in Table)
        {
            if (row.Id == id)
            {
                return row.Name;
            }
        }

        return "";
    }
}
