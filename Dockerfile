# The controller's image: only what runs, no shell. `docker build .` with an engine, deploy/container.sh without one.
# For arm64: docker buildx build --platform linux/amd64,linux/arm64 . (the build stage runs on each platform, by emulation or on its own machine).
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY deploy/install.sh deploy/packages.sh deploy/
RUN deploy/install.sh build
COPY . .
RUN cmake --preset release -DBUILD_TESTING=OFF && cmake --build --preset release --target vpc-peering-controller vpcpctl
RUN deploy/image-root.sh /image build/release/bin/vpc-peering-controller build/release/bin/vpcpctl

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="vpc-peering-controller" \
  org.opencontainers.image.description="Peers Vultr VPCs across locations over WireGuard, proves with traffic that it works, and keeps it so." \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="scratch"
COPY --from=build /image/ /
# For `kubectl exec … vpcpctl status -A`: not every runtime has a path of its own.
ENV PATH=/usr/bin
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/usr/bin/vpc-peering-controller"]
CMD ["run", "--store=kubernetes", "--metrics-listen=0.0.0.0:9090"]
