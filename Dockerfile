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

# The binary holds its zone data and root certificates, and needs nothing else.
FROM scratch
COPY --from=build /out/studycoach /studycoach
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV STUDYCOACH_DATA_DIR=/data STUDYCOACH_HTTP_ADDR=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK CMD ["/studycoach", "healthcheck"]
ENTRYPOINT ["/studycoach"]
