/** Where pods have no address of their own: which local port stands for which container port, `8080=40123,9090=40124`. */
export const portMapAnnotation = 'sandbox.sluice.dev/port-map';
