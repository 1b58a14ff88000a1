using Rouse.Config.Diagnostics;
using Rouse.Config.Doctor;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Access.Doctor;

/// <summary>Lists that let in whom they should keep out, because the daemon cannot ask them.</summary>
internal static class UnaskedLists
{
    public static void Look(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (AccessLists.Of(service).AreEmpty)
            {
                continue;
            }

            SourceSpan? own = e.Places.Of(service, "only_from") ?? e.Places.Of(service, "no_access");
            string name = service.OnlyFrom.IsDefault ? "no_access" : "only_from";
            if (service.IsSensor())
            {
                if (own is { } place)
                {
                    e.Warn(
                        Codes.ListsNotAsked,
                        place,
                        $"{name} has no effect on a sensor: whoever touches it is shut out, also whom the lists would let in. Take the line out.");
                }
            }
            else if (service.HandsSocketOver() && service.IsStream())
            {
                e.Warn(
                    Codes.ListsNotAsked,
                    own ?? service.Span,
                    $"with wait = yes the server of service {Quoted.Of(service.Id)} gets the listening socket and accepts itself, so that no peer is "
                        + $"known: {(name == "only_from" ? "only_from refuses everybody" : "no_access has no effect")}. Add flags = INTERCEPT, or limit the peers in the server.");
            }
            else if (service.HandsSocketOver())
            {
                e.Note(
                    Codes.ListsNotAsked,
                    own ?? service.Span,
                    $"{name} is asked only about the datagram that starts the server of service {Quoted.Of(service.Id)}; until that ends, it "
                        + "takes those of every peer. Add flags = INTERCEPT to have each judged, or limit the peers in the server.");
            }
        }
    }
}
