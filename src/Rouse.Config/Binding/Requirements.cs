using System.Collections.Generic;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Binding;

/// <summary>The attributes that a service of a kind cannot do without (xinetd.conf(5)).</summary>
internal static class Requirements
{
    public static void Check(Draft service)
    {
        List<AttributeId> missing = [];
        Require(AttributeId.Wait, service.Mentions(AttributeId.Wait));
        Require(AttributeId.SocketType, service.SocketType is not null || service.Mentions(AttributeId.SocketType));
        bool isRpc = service.Is(ServiceTypes.Rpc);
        bool isUnlisted = service.Is(ServiceTypes.Unlisted);
        if (!service.Is(ServiceTypes.Internal))
        {
            Require(AttributeId.User, service.Mentions(AttributeId.User));
            Require(AttributeId.Server, service.Mentions(AttributeId.Server) || service.Mentions(AttributeId.Redirect));
        }

        // Where the protocol is missing for want of a socket_type, one of the two is enough to ask for.
        bool hasProtocol = service.Protocol.Name is not null || service.Mentions(AttributeId.Protocol);
        Require(AttributeId.Protocol, hasProtocol || (service.SocketType is null && !isUnlisted && !isRpc));
        if (isRpc)
        {
            Require(AttributeId.RpcVersion, service.Mentions(AttributeId.RpcVersion));
            Require(AttributeId.RpcNumber, !isUnlisted || service.Mentions(AttributeId.RpcNumber));
        }
        else if (isUnlisted && !service.Is(ServiceTypes.Tcpmux) && !service.Is(ServiceTypes.TcpmuxPlus))
        {
            Require(AttributeId.Port, service.Mentions(AttributeId.Port));
        }

        if (missing.Count > 0)
        {
            string names = string.Join(" and ", missing.ConvertAll(AttributeTable.NameOf));
            service.Fail(
                Codes.MissingAttribute,
                service.Span,
                $"service {Quoted.Of(service.Name)} has no line for {names}",
                missing.Count == 1 ? "It needs one." : "It needs them.");
        }

        void Require(AttributeId attribute, bool given)
        {
            if (!given)
            {
                missing.Add(attribute);
            }
        }
    }
}
