FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY bot bot
COPY cmd cmd
COPY coach coach
COPY content content
COPY schedule schedule
ARG VERSION=devel
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=${VERSION}" -o /out/studycoach ./cmd/studycoach
RUN mkdir /out/data

# Nothing else is needed: zone data and root certificates are in the binary.
FROM scratch
COPY --from=build /out/studycoach /studycoach
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV STUDYCOACH_DATA_DIR=/data
ENV STUDYCOACH_HTTP_ADDR=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/studycoach", "healthcheck"]
ENTRYPOINT ["/studycoach"]
